"""The task that sums up what became of each member: it is behind their last tasks, and no part of the plan."""

from __future__ import annotations

from headrace_airflow.spec.model import DagSpec


def summarised(spec: DagSpec) -> tuple[str, ...]:
    """The tasks right before the summary, those of the members that no other waits for; none without members."""
    each = [task for task in spec.stage_tasks if task.each]
    waited_for = {name for task in each for name in task.upstream}
    return tuple(task.task_id for task in each if task.task_id not in waited_for)
