"""Configuration -> what Airflow does for a DAG as a whole."""

from __future__ import annotations

from headrace.clock import parse_duration
from headrace.config.schema.dag import Dag
from headrace_airflow.spec.model import DagOptions, DeadlineSpec


def dag_options(dag: Dag) -> DagOptions:
    """The options of a DAG. What any DAG has by itself is left out."""
    return DagOptions(
        display_name=dag.display_name,
        links=dict(dag.links),
        paused=dag.paused,
        timeout=_seconds(dag.timeout) if dag.timeout else None,
        deadlines=tuple(DeadlineSpec(_seconds(each.within), each.after, each.runs) for each in dag.deadlines),
        max_consecutive_failed_runs=dag.max_consecutive_failed_runs or None,
        max_active_tasks=dag.max_active_tasks,
    )


def _seconds(duration: str) -> float:
    return parse_duration(duration).total_seconds()
