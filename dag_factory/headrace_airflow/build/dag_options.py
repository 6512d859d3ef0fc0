"""DagOptions -> a DAG's keywords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from headrace_airflow.spec.model import DagOptions, DagSpec

#: Option -> keyword of `DAG`; deadlines are made, not passed on.
_KEYWORDS = {
    "display_name": "dag_display_name",
    "links": "owner_links",
    "paused": "is_paused_upon_creation",
    "timeout": "dagrun_timeout",
    "max_consecutive_failed_runs": "max_consecutive_failed_dag_runs",
    "max_active_tasks": "max_active_tasks",
}


def dag_arguments(spec: DagSpec) -> dict[str, Any]:
    """What a DAG is told of itself and of its runs."""
    options = spec.options
    if options == DagOptions():
        return {}
    given: dict[str, Any] = {
        keyword: value for name, keyword in _KEYWORDS.items() if (value := getattr(options, name)) not in (None, {})
    }
    if options.timeout is not None:
        given["dagrun_timeout"] = timedelta(seconds=options.timeout)
    if options.deadlines:
        from headrace_airflow.build.deadline import deadline_alerts

        given["deadline"] = deadline_alerts(spec)
    return given
