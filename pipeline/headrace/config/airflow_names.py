"""What people who know Airflow write, and what it is called here."""

from __future__ import annotations

from collections.abc import Sequence

#: Argument of Airflow's DAGs and operators that is no key of the schema -> the key that says it, or why there is none.
_KEYS = {
    "catchup_by_default": "schedule.catchup",
    "dag_display_name": "dag.display_name",
    "dagrun_timeout": "dag.timeout",
    "default_args": "runtime",
    "default_retry_delay": "runtime.retry_delay",
    "doc_md": "dag.doc",
    "end_date": "schedule.end",
    "execution_timeout": "runtime.timeout",
    "is_paused_upon_creation": "dag.paused",
    "max_consecutive_failed_dag_runs": "dag.max_consecutive_failed_runs",
    "on_failure_callback": "notify",
    "on_retry_callback": "notify",
    "on_success_callback": "notify",
    "owner_links": "dag.links",
    "priority_weight": "runtime.priority",
    "retry_exponential_backoff": "runtime.retry_backoff",
    "schedule_interval": "schedule.cron",
    "sla": "dag.deadlines",
    "start_date": "schedule.start",
    "task_display_name": "runtime.stages.NAME.display_name",
}
#: The same for what is said of one task. Further ones are called there as under `runtime`.
_TASK_KEYS = {"doc_md": "doc", "task_group": "group", "trigger_rules": "trigger_rule"}
_NOT_HERE = {
    "dag_id": "a pipeline's DAG is called like its file",
    "email_on_failure": "add a listener of `type: email` to `notify`",
    "email_on_retry": "add a listener of `type: email` to `notify`, with `events: [retrying]`",
    "fail_fast": "there is none: a failed stage stops what depends on it, and tracking still runs",
    "task_id": "a task is called like its key under `tasks`",
}


def in_airflow(name: str, parent: Sequence[str | int]) -> str:
    """The remedy for a key that Airflow knows by this name; empty for any other."""
    if name in _NOT_HERE:
        return _NOT_HERE[name]
    key = task_key(name) if parent[:1] == ("tasks",) else _KEYS.get(name)
    return f"Airflow's `{name}` is `{key}` here" if key else ""


def task_key(name: str) -> str | None:
    """The key of an added task that says what Airflow's operators call so, where the two differ."""
    if name in _TASK_KEYS:
        return _TASK_KEYS[name]
    part, _, key = _KEYS.get(name, "").rpartition(".")
    return key if part.partition(".")[0] == "runtime" else None
