"""What Kubernetes would refuse of a pipeline's pods."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.findings import Subject


def problems(subject: Subject) -> Iterator[Diagnostic]:
    """Fields that the client's models do not have, wrong types, and what is missing."""
    if subject.plan is None or subject.spec is None:
        return
    if any(task.runtime.type == "kubernetes" for task in subject.spec.stage_tasks):
        from headrace_airflow.runtimes.pod_check import pod_problems  # the client: only where there are pods

        yield from pod_problems(subject.spec, subject.plan)
