"""What an added task is told of its run."""

from __future__ import annotations

import json
import subprocess
import sys

_ASK = """\
import json
from datetime import datetime, timezone
from types import SimpleNamespace
from headrace_airflow.build.text import RunFact
from headrace_airflow.spec.model import ScheduleSpec

monthly = ScheduleSpec(cron="@monthly", partition="month", timezone="America/New_York")
end = datetime(2024, 3, 1, tzinfo=timezone.utc)
partitioned = SimpleNamespace(run_id="r", partition_key="2024-01", partition_date=None, data_interval_end=None)
timed = SimpleNamespace(run_id="r", partition_key=None, partition_date=None, data_interval_end=end)
print(json.dumps([
    RunFact("as_of", monthly).resolve({"dag_run": partitioned}),
    RunFact("as_of", ScheduleSpec(cron="@daily")).resolve({"dag_run": timed}),
    RunFact("partition", monthly).resolve({"dag_run": partitioned}),
    RunFact("run_id", monthly).resolve({"dag_run": timed}),
]))
"""


def test_a_run_of_a_partition_looks_from_its_end_as_its_stages_do() -> None:
    done = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout.splitlines()[-1]) == [
        "2024-02-01T05:00:00+00:00",
        "2024-03-01T00:00:00+00:00",
        "2024-01",
        "r",
    ]
