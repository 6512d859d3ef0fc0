"""`headrace dags check` against `airflow dags list-import-errors --local`, on 100 pipelines with a schedule each.

The check loads the DAGs as the other command does; beyond that it serialises them and reads them again, looks at every
rendered field, and simulates a year of a hundred different schedules. Both start with compiled plans and a database.

    python benchmarks/dags_check.py [--pairs N] [--json]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from headrace.project import Project
from headrace_airflow.local.database import ensure_database
from headrace_airflow.local.settings import airflow_home, airflow_settings
from many_pipelines import make_project
from pairs import HEADRACE, PROJECT, BenchmarkError, Command, Options, Ratio, cost_of, pairs, ratio, run, scratch

_PIPELINES = 100
_ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe")
_LIMIT = 1.5


def _measure(asked: Options) -> list[Ratio]:
    with scratch() as folder:
        environment = _project(folder)
        ours = Command((HEADRACE, "dags", "check"), folder, environment)
        words = (str(Path(sys.executable).with_name("airflow")), "dags", "list-import-errors", "--local")
        theirs = Command(words, folder, environment)
        _require(ours, f"{_PIPELINES} DAGs, no problems")
        counted = pairs(lambda _: ours, lambda _: theirs, asked.pairs)
    what, against = f"dags check of {_PIPELINES}", "airflow dags list-import-errors --local"
    return [
        ratio(f"{what}, processor time", against, counted, lambda cost: cost.cpu, _LIMIT),
        ratio(f"{what}, time", against, counted, lambda cost: cost.wall, _LIMIT),
    ]


def _project(folder: Path) -> dict[str, str]:
    """The pipelines, compiled, in a folder with a database of its own; what finds them."""
    for index, name in enumerate(make_project(folder, _PIPELINES)):
        path = folder / "conf" / "pipeline" / f"{name}.yaml"
        cron, zone = f"{index % 60} {index % 24} * * *", _ZONES[index % len(_ZONES)]
        path.write_text(f'{path.read_text()}schedule: {{cron: "{cron}", timezone: {zone}}}\n', encoding="utf-8")
    (folder / "dags").mkdir()
    shutil.copy(PROJECT / "dag_factory" / "dags" / "headrace_dags.py", folder / "dags")
    project = Project(folder, folder / ".headrace")
    home = airflow_home(project, "check")
    settings = airflow_settings(project, home)
    ensure_database(home, settings)
    environment = {**settings, "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL"}
    cost_of(Command((HEADRACE, "compile"), folder, environment))
    return environment


def _require(command: Command, said: str) -> None:
    output = cost_of(command).output
    if said not in output:
        raise BenchmarkError(f"the check did not say {said!r}: {output[-500:]}")


if __name__ == "__main__":
    sys.exit(run(__doc__, _measure, count=5))
