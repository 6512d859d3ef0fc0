"""Airflow's own parsing of 300 pipelines, a file each, serialisation included: against the same 300 written by hand.

First in the processes that Airflow forks for files, where memory can be told too; then by a whole `airflow
dag-processor` that goes through the folder once and stores all of it in a new database. Also 10, 100 and 1,000 of them:
the time for one must not grow.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from dag_build import build_folder, facts_of
from headrace.project import Project
from headrace_airflow.local.database import ensure_database
from headrace_airflow.local.settings import airflow_settings
from pairs import BenchmarkError, Command, Cost, Options, Ratio, cost_of, note, peak_ratio, ratio, run, scratch

COUNT = 300
SIZES = (10, 100, 1000)
_CHILD = str(Path(__file__).with_name("dag_parser.py"))
#: Seconds: half of what Airflow allows for importing a file.
_NEAR = 15.0
_HAND = '''\
"""The DAG of {name}, by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, CronDataIntervalTimetable, TaskGroup

DOC = {doc!r}


def told(context):
    """Somebody hears of it."""


with DAG(
    dag_id={name!r},
    description={description!r},
    schedule=CronDataIntervalTimetable("0 6 * * *", timezone="UTC"),
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["headrace"],
    doc_md=DOC,
    on_failure_callback=told,
    default_args=dict(
        owner="ml",
        retries=2,
        retry_delay=timedelta(minutes=1),
        retry_exponential_backoff=2.0,
        max_retry_delay=timedelta(minutes=30),
        execution_timeout=timedelta(hours=2),
        on_failure_callback=told,
        on_retry_callback=told,
    ),
) as dag:
{tasks}

{edges}
'''


def by_hand(facts: dict[str, Any]) -> str:
    """A DAG file as a person writes it."""
    name = facts["dag_id"]
    tasks = [f"    {group} = TaskGroup({group!r}, prefix_group_id=False)" for group in _groups(facts)]
    tasks += [_task(name, task_id, task) for task_id, task in facts["tasks"].items()]
    edges = [
        f"{task_id}.set_upstream([{', '.join(task['upstream'])}])"
        for task_id, task in facts["tasks"].items()
        if task["upstream"]
    ]
    return _HAND.format(
        name=name, doc=facts["doc_md"], description=facts["description"], tasks="\n".join(tasks), edges="\n".join(edges)
    )


def _groups(facts: dict[str, Any]) -> list[str]:
    return sorted({task["group"] for task in facts["tasks"].values() if task["group"]})


def _task(name: str, task_id: str, task: dict[str, Any]) -> str:
    outlets = ", ".join(f"Asset(name={asset!r}, uri={uri!r})" for asset, uri in task["outlets"])
    told = [
        f"task_id={task_id!r}",
        f'bash_command="headrace stage {name} {task_id}"',
        f"doc_md={task['doc_md']!r}",
        *([f"task_group={task['group']}"] if task["group"] else []),
        *([f"outlets=[{outlets}]"] if outlets else []),
    ]
    return f"    {task_id} = BashOperator({', '.join(told)})"


def _said(cost: Cost) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(cost.output.splitlines()[-1])
    return document


def _parsing(cost: Cost) -> Cost:
    """The cost of the forked processes alone: what Airflow itself needs to start is the same for both."""
    said = _said(cost)
    return replace(cost, wall=said["wall"], cpu=said["seconds"], peak=said["peak"] * 1024)


class Processor:
    """`airflow dag-processor`, over one folder once, with a database of its own each time."""

    def __init__(self, folder: Path) -> None:
        self._template, self._folder = folder / "template", folder
        self._template.mkdir()
        ensure_database(self._template, self._settings(self._template, folder))

    def cost(self, files: Path, expected: int) -> Cost:
        """What it took. BenchmarkError unless all DAGs are stored."""
        home = self._folder / f"processor-{time.time_ns()}"
        home.mkdir()
        shutil.copy(self._template / "airflow.db", home)
        words = (str(Path(sys.executable).with_name("airflow")), "dag-processor", "--num-runs", "1")
        found = cost_of(Command(words, self._folder, self._settings(home, files)))
        with closing(sqlite3.connect(home / "airflow.db")) as database:
            ((stored,),) = database.execute("SELECT count(DISTINCT dag_id) FROM serialized_dag")
        note(f"dag-processor: {stored} DAGs in {found.wall:.1f} s, {found.cpu:.1f} s of processor time")
        if stored != expected:
            raise BenchmarkError(f"the processor stored {stored} of {expected} DAGs:\n{found.output[-2000:]}")
        return found

    def _settings(self, home: Path, files: Path) -> dict[str, str]:
        project = Project(self._folder, self._folder / ".headrace")
        settings = {**airflow_settings(project, home), "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
        return {**settings, "AIRFLOW__CORE__DAGS_FOLDER": str(files)}


def measure(asked: Options) -> Sequence[Ratio]:
    """Time and memory against files by hand, and the time for one DAG against that of ten."""
    each: dict[int, float] = {}
    with scratch() as folder:
        environment = {"AIRFLOW_HOME": str(folder / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}

        def parse(files: Path, expected: int) -> Cost:
            cost = cost_of(Command((sys.executable, _CHILD, str(files)), folder, environment))
            said = _said(cost)
            note(f"{expected}: {said}")
            if said["dags"] != expected or said["slowest"] > _NEAR:
                raise BenchmarkError(f"{files}: {said}, of {expected}")
            return _parsing(cost)

        for count in sorted({*SIZES, COUNT}):
            names = build_folder(folder / str(count), count)
            each[count] = parse(folder / str(count) / "built" / "dags", count).cpu / count
            if count == COUNT:
                (folder / "hand").mkdir()
                for name in names:
                    text = by_hand(facts_of(folder / str(count), name))
                    (folder / "hand" / f"{name}.py").write_text(text, encoding="utf-8")
        ours, theirs = folder / str(COUNT) / "built" / "dags", folder / "hand"
        counted = [(parse(ours, COUNT), parse(theirs, COUNT)) for _ in range(asked.pairs)]
        processor = Processor(folder)
        stored = [(processor.cost(ours, COUNT), processor.cost(theirs, COUNT)) for _ in range(asked.pairs)]
    what, against = f"parse {COUNT} pipelines as Airflow does", f"the same {COUNT} by hand"
    growth = [
        Ratio(f"a DAG of {size}", "a DAG of 10", each[size], each[10], "s", grown, grown, grown, 1.25)
        for size in SIZES[1:]
        for grown in [each[size] / each[10]]
    ]
    return (
        ratio(what, against, counted, lambda cost: cost.cpu, 1.1),
        peak_ratio(what, against, counted, 1.2),
        ratio(f"airflow dag-processor on {COUNT} pipelines", against, stored, lambda cost: cost.cpu, 1.1),
        peak_ratio(f"airflow dag-processor on {COUNT} pipelines", against, stored, 1.2),
        *growth,
    )


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=3))
