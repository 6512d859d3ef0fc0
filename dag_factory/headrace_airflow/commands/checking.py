"""`headrace dags check`: would Airflow take these DAGs?"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.errors import EXIT_FAILED, EXIT_OK, Diagnostic, Place
from headrace.project import Project
from headrace_airflow.commands.fleet import Fleet, load_fleet
from headrace_airflow.local.settings import LOADER, dags_folder
from headrace_airflow.table import aligned

if TYPE_CHECKING:
    from airflow.sdk import DAG

_LINE = re.compile(r'File "([^"]+)", line (\d+)')


def check_dags(project: Project) -> int:
    """Load, build and serialise every DAG as Airflow does; print a table, and what is wrong. 1 if anything is."""
    from headrace_airflow.build.stand_in import valid_id

    folder = dags_folder(project)
    fleet = load_fleet(project, folder)
    problems = list(_import_problems(project, folder, fleet))
    rows = [("dag", "tasks", "schedule", "state")]
    for dag_id, dag in sorted(fleet.dags.items()):
        found = [*_stand_in_problems(dag), *_round_trip_problems(dag)]
        problems += found
        rows.append((dag_id, str(len(dag.tasks)), _schedule(dag), "broken" if found else "ok"))
    for name, result in sorted(fleet.compiled.items()):
        if valid_id(name) not in fleet.dags:
            problems += [*result.diagnostics, _unloaded(name, folder)]
            rows.append((name, "", "", "not loaded"))
    return _report(rows, problems)


def _report(rows: list[tuple[str, str, str, str]], problems: list[Diagnostic]) -> int:
    print(aligned(rows))
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(rows) - 1} DAGs, {len(problems) or 'no'} problem{'' if len(problems) == 1 else 's'}", flush=True)
    return EXIT_FAILED if problems else EXIT_OK


def _schedule(dag: DAG) -> str:
    return str(getattr(dag.timetable, "expression", "by hand"))


def _stand_in_problems(dag: DAG) -> Iterator[Diagnostic]:
    from headrace_airflow.runtimes.operator import BrokenOperator

    for task in dag.tasks:
        if isinstance(task, BrokenOperator):
            yield from task.diagnostics


def _round_trip_problems(dag: DAG) -> Iterator[Diagnostic]:
    """What the scheduler gets is the serialised DAG: it must have the same tasks and edges."""
    from airflow.serialization.serialized_objects import DagSerialization

    try:
        document = json.loads(json.dumps(DagSerialization.to_dict(dag)))
        again = DagSerialization.from_dict(document)
        edges = {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}
        if {task.task_id: sorted(task.upstream_task_ids) for task in again.tasks} != edges:
            yield Diagnostic("HR712", "tasks or edges are lost when it is serialised", Place(dag.fileloc))
    except Exception as error:  # noqa: BLE001 - any failure here is what the check looks for
        message = f"{dag.dag_id} cannot be serialised: {type(error).__name__}: {error}"
        yield Diagnostic("HR712", message, Place(dag.fileloc))


def _import_problems(project: Project, folder: Path, fleet: Fleet) -> Iterator[Diagnostic]:
    for name, trace in sorted(fleet.import_errors.items()):
        file = folder / name
        lines = [int(line) for path, line in _LINE.findall(trace) if Path(path) == file]
        shown = file.relative_to(project.root) if file.is_relative_to(project.root) else file
        last = trace.strip().splitlines()[-1] if trace.strip() else "it cannot be imported"
        yield Diagnostic("HR711", last, Place(str(shown), lines[-1] if lines else None))


def _unloaded(name: str, folder: Path) -> Diagnostic:
    message = f"no DAG file in {folder} loads the pipeline {name}"
    return Diagnostic("HR710", message, remedy=f"put {LOADER} there; `headrace init` makes one", pipeline=name)
