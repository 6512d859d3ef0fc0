"""What the tasks are told to run must be in the plan that they are told to run it from."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.findings import Subject
from headrace_airflow.spec.model import SUMMARY


def problems(subject: Subject) -> Iterator[Diagnostic]:
    """Tasks that the plan does not have or the DAG lacks, and edges that differ."""
    from headrace_airflow.runtimes.operator import BrokenOperator

    spec = subject.spec
    if spec is None or any(isinstance(task, BrokenOperator) for task in subject.dag.tasks):
        return  # a stand-in says itself what is wrong
    wanted = {task.task_id: sorted(task.upstream) for task in spec.tasks}
    found = {task.task_id: sorted(task.upstream_task_ids) for task in subject.dag.tasks}
    if spec.members:
        found.pop(SUMMARY, None)  # the factory's own, behind the members' last tasks
    missing, foreign = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    differing = sorted(name for name in set(wanted) & set(found) if wanted[name] != found[name])
    told = [
        f"{words} {', '.join(names)}"
        for words, names in (
            ("it lacks", missing),
            ("it has besides", foreign),
            ("its edges differ at", differing),
        )
        if names
    ]
    if told:
        message = f"{spec.dag_id} is not what its plan makes: {'; '.join(told)}"
        yield Diagnostic("HR714", message, subject.place(), _REMEDY, pipeline=spec.pipeline)


_REMEDY = "its DAG file may be older than the configuration: make it again"
