"""What Kubernetes would refuse of a pipeline's pods."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.errors import ConfigError, Diagnostic
from headrace_airflow.commands.checking.findings import Subject
from headrace_airflow.spec.dag import dag_spec


def problems(subject: Subject) -> Iterator[Diagnostic]:
    """Fields that the client's models do not have, wrong types, and what is missing."""
    if subject.plan is None:
        return
    try:
        spec = dag_spec(subject.plan)
    except ConfigError:
        return  # the stand-in says so
    if any(task.runtime.type == "kubernetes" for task in spec.stage_tasks):
        from headrace_airflow.runtimes.pod_check import pod_problems  # the client: only where there are pods

        yield from pod_problems(spec, subject.plan)
