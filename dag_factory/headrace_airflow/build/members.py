"""A group of tasks for each member of `for_each`, and the task that sums them up.

The group is mapped as a whole: a member's task waits for the same member's tasks and for those that all share, so one
that fails stops nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import DAG, task_group

from headrace_airflow.notices import Notifier
from headrace_airflow.runtimes.summary import SummaryOperator
from headrace_airflow.site import Site
from headrace_airflow.spec.model import MEMBERS, SUMMARY, DagSpec, StageTask
from headrace_airflow.spec.summary import summarised


def build_members(spec: DagSpec, site: Site, notifier: Notifier, dag: DAG, build: Callable[[StageTask], Any]) -> None:
    """Build the tasks that each member has, mapped, and the summary behind them."""
    tasks = [task for task in spec.stage_tasks if task.each]

    def each(member: str) -> None:
        del member  # a task knows its member by its index
        for task in tasks:
            build(task)

    group = task_group(group_id=MEMBERS, prefix_group_id=False, dag=dag, tooltip="once for each member")(each)
    group.expand(member=list(spec.members))
    summary = SummaryOperator(
        task_id=SUMMARY,
        owner=tasks[0].options.owner or "airflow",
        doc_md="Tells what became of each member: promoted, refused, unchanged or failed. Red if any failed.",
        dag=dag,
        dag_spec=spec,
        site=site,
        notifier=notifier,
        on_failure_callback=notifier.task_failed,
    )
    summary.set_upstream([dag.get_task(task_id) for task_id in summarised(spec)])
