"""What keeps a pipeline from compiling: its stand-in carries it."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.findings import Subject


def problems(subject: Subject) -> Iterator[Diagnostic]:
    """The diagnostics of a stand-in; nothing of other DAGs."""
    from headrace_airflow.runtimes.operator import BrokenOperator

    for task in subject.dag.tasks:
        if isinstance(task, BrokenOperator):
            yield from task.diagnostics
