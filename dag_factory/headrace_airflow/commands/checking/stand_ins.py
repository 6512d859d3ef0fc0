"""What keeps a pipeline from compiling: its stand-in carries it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.findings import Subject


def problems(subject: Subject) -> Iterator[Diagnostic]:
    """The diagnostics of a stand-in; nothing of other DAGs."""
    from headrace_airflow.runtimes.operator import BrokenOperator

    for task in subject.dag.tasks:
        if isinstance(task, BrokenOperator):
            yield from (_placed(problem, subject) for problem in task.diagnostics)


def _placed(problem: Diagnostic, subject: Subject) -> Diagnostic:
    """Where a timetable is written, too: Airflow, which could not make it, does not know."""
    if problem.code != _TIMETABLE or problem.place is not None:
        return problem
    return replace(problem, place=subject.place("schedule.timetable.name"))


_TIMETABLE = "HR309"
