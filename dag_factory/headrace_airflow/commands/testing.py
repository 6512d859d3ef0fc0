"""`headrace dags test`: one run of a DAG, for real, without a scheduler."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from headrace.errors import EXIT_FAILED, EXIT_OK, UsageError
from headrace.project import Project
from headrace_airflow.commands.fleet import load_fleet
from headrace_airflow.local.settings import dags_folder
from headrace_airflow.table import aligned

if TYPE_CHECKING:
    from airflow.sdk import DAG

_EVERY_TASK = ".*"


def test_dag(project: Project, name: str, date: datetime | None, *, structure: bool) -> int:
    """Run one DAG through Airflow's own `dag.test()`; 0 if the run is green, else 1.

    `date` is the logical date: the run looks from the end of the data interval that ended last before it. With
    `structure` no stage is run: every task is marked as done, in the order in which they would run.
    """
    from airflow.sdk import DagRunState

    dag = _dag(project, name)
    print(f"{name}: {'walking the structure of' if structure else 'running'} {len(dag.tasks)} tasks", flush=True)
    with _progress():
        run = dag.test(logical_date=date, mark_success_pattern=_EVERY_TASK if structure else None)
    instances = sorted(run.get_task_instances(), key=lambda instance: instance.map_index)
    rows = [_row(each) for task_id in _in_order(dag) for each in instances if each.task_id == task_id]
    print(aligned([("task", "state", "tries", "seconds"), *rows]))
    print(f"{name}: {run.state} ({run.run_id})")
    return EXIT_OK if run.state == DagRunState.SUCCESS else EXIT_FAILED


def _dag(project: Project, name: str) -> DAG:
    fleet = load_fleet(project, dags_folder(project))
    dag = fleet.dags.get(name)
    if dag is None:
        known = ", ".join(sorted(fleet.dags)) or "none"
        raise UsageError(f"there is no DAG {name!r}", remedy=f"there are: {known}; `headrace dags check` says more")
    return dag


def _in_order(dag: DAG) -> list[str]:
    ordered = dag.topological_sort()  # type: ignore[no-untyped-call]
    return [task.task_id for task in ordered]


def _row(instance: Any) -> tuple[str, str, str, str]:
    mapped = f"[{instance.rendered_map_index or instance.map_index}]" if instance.map_index >= 0 else ""
    task_id = f"{instance.task_id}{mapped}"
    seconds = "" if instance.duration is None else f"{instance.duration:.1f}"
    return (task_id, str(instance.state or "none"), str(instance.try_number), seconds)


@contextmanager
def _progress() -> Iterator[None]:
    """What the stages and the notices say, plainly, on stdout: Airflow's own lines are silenced."""
    handler = logging.StreamHandler(sys.stdout)
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
