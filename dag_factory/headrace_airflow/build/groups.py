"""Names of groups -> Airflow's task groups."""

from __future__ import annotations

from airflow.sdk import DAG, TaskGroup


def group_named(name: str | None, dag: DAG) -> TaskGroup | None:
    """The group of that name, made when it is first asked for. Its name has no part in the ids of its tasks."""
    if name is None:
        return None
    known = dag.task_group.get_task_group_dict().get(name)
    return known or TaskGroup(name, prefix_group_id=False, dag=dag, parent_group=dag.task_group)
