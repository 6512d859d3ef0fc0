"""Load, look, report."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.change.schedules import text as schedule_text
from headrace.errors import EXIT_FAILED, EXIT_OK, Diagnostic, Place
from headrace.lint.rules import of_all
from headrace.project import Project
from headrace_airflow.commands.checking import arguments, executors, past, pods, serialised, stand_ins, templates
from headrace_airflow.commands.checking.findings import Checked, CheckedDag, Subject
from headrace_airflow.commands.checking.formats import FORMATS
from headrace_airflow.commands.checking.timetables import Simulator
from headrace_airflow.commands.fleet import Fleet, load_fleet
from headrace_airflow.commands.writing import write
from headrace_airflow.deploy.manifest import read_manifest
from headrace_airflow.local.settings import LOADER, dags_folder
from headrace_airflow.spec.ids import valid_id

if TYPE_CHECKING:
    from airflow.sdk import DAG

_LINE = re.compile(r'File "([^"]+)", line (\d+)')
#: Name of a check -> what it finds wrong with one DAG. The schedules' year is looked at besides.
CHECKS: Mapping[str, Callable[[Subject], Iterator[Diagnostic]]] = {
    "compiles": stand_ins.problems,
    "serialises": serialised.problems,
    "arguments": arguments.problems,
    "templates": templates.problems,
    "pods": pods.problems,
    "executors": executors.problems,
}
TIMETABLE = "timetable"
#: What only shows when the pipelines are seen beside each other.
PIPELINES = "pipelines"


def check_dags(project: Project, now: datetime, form: str, out: Path | None, built: Path | None = None) -> int:
    """Load, build and serialise every DAG as Airflow does, look at each, and report; 1 if anything is wrong.

    A folder that `dags build` wrote must be what the project compiles to now: `built`, or the DAG folder itself.
    """
    folder = dags_folder(project)
    checked = _checked(project, folder, load_fleet(project, folder), now)
    if built is not None or read_manifest(folder) is not None:
        from headrace_airflow.deploy.building import stale

        where = built or folder
        old = [(str(where), "built", problem) for problem in stale(project, where)]
        checked = replace(checked, unloaded=[*checked.unloaded, *old])
    write(FORMATS[form](checked), out)
    for problem in checked.problems:
        print(problem, file=sys.stderr)
    return EXIT_FAILED if checked.is_broken else EXIT_OK


def _checked(project: Project, folder: Path, fleet: Fleet, now: datetime) -> Checked:
    plans = {valid_id(name): result.plan for name, result in fleet.compiled.items()}
    specs = {spec.dag_id: spec for spec in fleet.specs.values()}
    simulator = Simulator(now)
    between: dict[str, list[Diagnostic]] = {}
    for problem in of_all(project, list(fleet.compiled.values())):
        between.setdefault(valid_id(problem.pipeline or ""), []).append(problem)
    dags = []
    for name, dag in sorted(fleet.dags.items()):
        subject = Subject(
            dag, plans.get(name), _shown(project, Path(dag.fileloc)), specs.get(name), serialised.stored(dag)
        )
        dags.append(_looked_at(subject, simulator, between.get(name, ())))
    unloaded = list(_import_problems(project, folder, fleet))
    for name, result in sorted(fleet.compiled.items()):
        if valid_id(name) not in fleet.dags:
            unloaded += [(name, "compiles", problem) for problem in result.diagnostics]
            unloaded.append((name, "loads", _unloaded(name, folder)))
    return Checked(tuple(dags), tuple(unloaded), (*CHECKS, TIMETABLE, PIPELINES))


def _looked_at(subject: Subject, simulator: Simulator, between: Sequence[Diagnostic]) -> CheckedDag:
    problems = [(name, problem) for name, check in CHECKS.items() for problem in check(subject)]
    year, found = simulator.year(subject)
    problems += [(TIMETABLE, problem) for problem in (*found, *past.problems(subject, simulator.now))]
    problems += [(PIPELINES, problem) for problem in between]
    dag = subject.dag
    return CheckedDag(dag.dag_id, subject.file, len(dag.tasks), _schedule(subject), year, tuple(problems))


def _schedule(subject: Subject) -> str:
    if subject.plan is not None:
        return schedule_text(subject.plan.spec["schedule"])
    return str(getattr(subject.stored, "timetable_summary", None) or _summary(subject.dag) or "by hand")


def _summary(dag: DAG) -> str:
    return str(getattr(dag.timetable, "expression", ""))


def _import_problems(project: Project, folder: Path, fleet: Fleet) -> Iterator[tuple[str, str, Diagnostic]]:
    for name, trace in sorted(fleet.import_errors.items()):
        file = folder / name
        lines = [int(line) for path, line in _LINE.findall(trace) if Path(path) == file]
        shown = _shown(project, file)
        last = trace.strip().splitlines()[-1] if trace.strip() else "it cannot be imported"
        yield shown, "imports", Diagnostic("HR711", last, Place(shown, lines[-1] if lines else None))


def _shown(project: Project, file: Path) -> str:
    return str(file.relative_to(project.root) if file.is_relative_to(project.root) else file)


def _unloaded(name: str, folder: Path) -> Diagnostic:
    message = f"no DAG file in {folder} loads the pipeline {name}"
    return Diagnostic("HR710", message, remedy=f"put {LOADER} there; `headrace init` makes one", pipeline=name)
