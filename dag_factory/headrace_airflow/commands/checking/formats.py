"""The forms in which `headrace dags check` reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict

from headrace.counted import counted
from headrace.errors import Diagnostic, shown
from headrace_airflow.commands.checking.findings import NOT_CHECKED, Checked, CheckedDag, Year
from headrace_airflow.commands.junit import Case, junit
from headrace_airflow.table import aligned

#: Raised when the form of the JSON document changes.
FORMAT = 1
_HEAD = ("dag", "tasks", "schedule", "runs in a year", "first", "state")


def _as_text(checked: Checked) -> str:
    rows = [_HEAD, *(_row(dag) for dag in checked.dags)]
    rows += [(name, "", "", "", "", "not loaded") for name, check, _ in checked.unloaded if check == "loads"]
    lines = [shown(aligned(rows)), *_noted(checked)]
    problems = len(checked.problems)
    lines.append(f"not checked: {NOT_CHECKED}")
    lines.append(f"{counted(len(rows) - 1, 'DAG')}, {counted(problems, 'problem') if problems else 'no problems'}")
    return "\n".join(lines) + "\n"


def _row(dag: CheckedDag) -> tuple[str, ...]:
    return (dag.name, str(dag.tasks), dag.schedule, _count(dag.year), dag.year.first, dag.state)


def _count(year: Year) -> str:
    return "" if year.runs is None else f"{'over ' if year.more else ''}{year.runs}"


def _noted(checked: Checked) -> list[str]:
    """What clocks do, once for all DAGs to which they do it."""
    told: dict[str, list[str]] = {}
    for dag in checked.dags:
        for note in dag.year.notes:
            told.setdefault(note, []).append(dag.name)
    return [f"note: {note} ({_names(names)})" for note, names in told.items()]


def _names(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"


def _as_json(checked: Checked) -> str:
    document = {
        "format": FORMAT,
        "dags": [
            {
                "dag": dag.name,
                "file": dag.file,
                "tasks": dag.tasks,
                "schedule": dag.schedule,
                "year": asdict(dag.year),
                "state": dag.state,
            }
            for dag in checked.dags
        ],
        "problems": [problem.as_json() for problem in checked.problems],
        "not_checked": NOT_CHECKED,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _as_junit(checked: Checked) -> str:
    """A case for each DAG and check, so that CI shows which of them failed where."""
    cases = []
    for dag in checked.dags:
        for check in checked.checks:
            found = [problem for name, problem in dag.problems if name == check]
            cases.append(_case(dag.name, check, found, dag.file))
    cases += [_case(name, check, [problem], _file(name, problem)) for name, check, problem in checked.unloaded]
    return junit("headrace dags check", cases)


def _file(name: str, problem: Diagnostic) -> str:
    """Of a pipeline that nothing loads, the file that it is written in."""
    return f"conf/pipeline/{name}.yaml" if problem.pipeline == name else name


def _case(name: str, check: str, found: list[Diagnostic], file: str) -> Case:
    errors = [str(problem) for problem in found if problem.severity == "error"]
    warnings = [str(problem) for problem in found if problem.severity != "error"]
    place = next((problem.place for problem in found if problem.place), None)
    return Case(
        name,
        check,
        file=place.file if place else file,
        line=place.line if place else None,
        failure="\n".join(errors),
        output="\n".join(warnings),
    )


#: Name of a format -> the text of it.
FORMATS: Mapping[str, Callable[[Checked], str]] = {"text": _as_text, "json": _as_json, "junit": _as_junit}
