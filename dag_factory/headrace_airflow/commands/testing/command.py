"""Run, tell."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from headrace.errors import EXIT_FAILED, EXIT_OK, UsageError
from headrace.project import Project
from headrace_airflow.commands.fleet import load_fleet
from headrace_airflow.commands.testing.results import FORMATS, RunResult, runs_table, tasks_table
from headrace_airflow.commands.testing.running import Wanted, run_dag, stored_once, waiting_for_people
from headrace_airflow.commands.writing import write
from headrace_airflow.local.settings import dags_folder
from headrace_airflow.spec.ids import valid_id

if TYPE_CHECKING:
    from airflow.sdk import DAG

__all__ = ["Wanted", "test_dags"]


def test_dags(project: Project, names: Sequence[str], wanted: Wanted, form: str, out: Path | None) -> int:
    """Run the DAGs of these pipelines, one after another; 0 if every run is green, else 1."""
    dags = _dags(project, names)
    said = sys.stdout if form == "text" or out is not None else sys.stderr
    runs = []
    with ExitStack() as stack:
        stack.enter_context(_progress(said))
        if len(dags) > 1:
            print(f"storing {len(dags)} DAGs in a database of their own", file=said, flush=True)
            stack.enter_context(stored_once())
        for name, dag in dags.items():
            runs.append(_run(name, dag, wanted, said, brief=wanted.structure and len(dags) > 1))
    if form != "text":
        write(FORMATS[form](runs), out)
    elif out is not None:
        write(f"{runs_table(runs)}\n", out)
    if len(runs) > 1:
        print(runs_table(runs), file=said, flush=True)
    return EXIT_OK if all(run.is_green for run in runs) else EXIT_FAILED


def _dags(project: Project, names: Sequence[str]) -> Mapping[str, DAG]:
    fleet = load_fleet(project, dags_folder(project))
    found = {}
    for name in names:
        dag = fleet.dags.get(valid_id(name))
        if dag is None:
            message = f"no DAG file loads the pipeline {name}"
            raise UsageError(message, remedy="`headrace dags check` says more")
        found[name] = dag
    return found


def _run(name: str, dag: DAG, wanted: Wanted, said: TextIO, *, brief: bool) -> RunResult:
    doing = "walking the structure of" if wanted.structure else "running"
    print(f"{name}: {doing} {len(dag.tasks)} tasks", file=said, flush=True)
    for task in waiting_for_people(dag):
        print(f"  {task} waits for a person: it is marked as done", file=said, flush=True)
    run = run_dag(dag, wanted)
    if run.tasks and not (brief and run.is_green):
        print(tasks_table(run), file=said)
    print(f"{name}: {run.cause or f'{run.state} ({run.run_id})'}", file=said, flush=True)
    return run


@contextmanager
def _progress(said: TextIO) -> Iterator[None]:
    """What the stages and the notices say, plainly: Airflow's own lines are silenced."""
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("  %(message)s"))
    logger = logging.getLogger("headrace_airflow")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
