"""A task as Airflow executes it: what is wrong before its stages begin, and what Airflow does not take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from projects import churn_project
from scripted_stages import ScriptedStages

#: Airflow's API is the boundary: a task instance that takes what it is told, or nothing at all.
_EXECUTE = """\
import json, sys
from datetime import UTC, datetime
from types import SimpleNamespace
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException
from headrace_airflow.runtimes.operator import StageOperator, Work
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec, RuntimeSpec, StageTask

told = json.loads(sys.argv[1])
noon = datetime(2024, 5, 1, tzinfo=UTC)
run = SimpleNamespace(
    dag_id="churn", run_id="r", run_after=noon, start_date=noon, clear_number=0, data_interval_end=None, conf={}
)

def refuse(**rest):
    raise RuntimeError("503 Service Unavailable")

task = StageTask("train", tuple(told["stages"]), runtime=RuntimeSpec(python=told["python"]))
dag = DagSpec("churn", "churn", "new", [task, StageTask("other", ("other",))])
with DAG("churn"):
    operator = StageOperator(task_id="train").told(Work(task, dag, Site(*told["site"]), None))
raised = None
try:
    operator.execute({"dag_run": run, "ti": SimpleNamespace(xcom_push=refuse, map_index=-1)})
except Exception as error:
    raised = [type(error).__name__, isinstance(error, AirflowFailException), str(error)]
print("\\n" + json.dumps(raised))
"""


def execute(home: Path, **told: Any) -> tuple[Any, str]:
    """What the task raised, and its log."""
    environment = {name: value for name, value in os.environ.items() if name != "HEADRACE_PROJECT"}
    done = subprocess.run(
        [sys.executable, "-c", _EXECUTE, json.dumps({"stages": ["train"], "python": None, **told})],
        env={**environment, "AIRFLOW_HOME": str(home / "airflow")},
        capture_output=True,
        text=True,
        cwd=home,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1]), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("site", "why"),
    [(("", ""), "not told where the project is"), (("/nowhere", ""), "there is no project in /nowhere")],
)
def test_a_task_that_does_not_find_its_project_fails_for_good(tmp_path: Path, site: tuple[str, str], why: str) -> None:
    raised, _ = execute(tmp_path, site=site)

    assert raised[:2] == ["StageBroken", True]
    assert why in raised[2]


def test_a_task_does_nothing_in_the_project_of_another(tmp_path: Path) -> None:
    other = churn_project(tmp_path / "other")
    (other.root / "conf/pipeline/churn.yaml").rename(other.root / "conf/pipeline/flights.yaml")

    raised, _ = execute(tmp_path, site=(str(other.root), "", "", "/opt/churn"))

    assert raised[:2] == ["StageBroken", True]
    assert f"HEADRACE_PROJECT names {other.root}" in raised[2]
    assert not (other.home / "store").exists()


def test_a_task_that_is_done_stays_done_where_airflow_does_not_take_what_it_tells(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    done = [{"name": name, "status": "ran", "seconds": 1.0} for name in ("train", "evaluate")]
    stages = ScriptedStages.install(project, {"churn": {"train": [{"document": {"status": "done", "stages": done}}]}})
    site = (str(project.root), str(project.home))

    raised, log = execute(tmp_path, site=site, stages=["train", "evaluate"], python=str(project.root / "bin/python"))

    assert raised is None
    assert len(stages.calls("churn", "train")) == 1
    assert "what each stage took could not be told to Airflow: 503 Service Unavailable" in log
