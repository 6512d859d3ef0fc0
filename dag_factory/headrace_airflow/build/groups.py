"""Names of groups -> Airflow's task groups."""

from __future__ import annotations

from airflow.sdk import DAG, TaskGroup


def group_named(name: str, dag: DAG) -> TaskGroup:
    """The group of that name, made when it is first asked for. Its name has no part in the ids of its tasks."""
    known = dag.task_group.children.get(name)
    if isinstance(known, TaskGroup):
        return known
    return TaskGroup(name, prefix_group_id=False, dag=dag, parent_group=dag.task_group)
