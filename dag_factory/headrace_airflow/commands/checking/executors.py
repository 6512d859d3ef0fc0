"""Executors that the Airflow of this machine lacks: the one that runs the DAGs may have them."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.findings import Subject


def problems(subject: Subject) -> Iterator[Diagnostic]:
    """A warning for each; where the DAGs run, it would be an error."""
    names = {task.options.executor for task in subject.spec.tasks} if subject.spec else set()
    for name in sorted(filter(None, names)):
        from headrace_airflow.build.executors import missing_executor  # few pipelines name one

        if missing := missing_executor(name):
            yield Diagnostic(
                missing.code,
                f"the Airflow that checks has no executor `{name}`: where the one that runs the DAGs lacks it too, "
                "this pipeline is broken",
                subject.place("runtime.executor"),
                f"see that [core] executor names {name} there; AIRFLOW__CORE__EXECUTOR says it here",
                severity="warning",
            )
