"""Options -> an operator's keywords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from airflow.sdk import BaseOperator

from headrace_airflow.build.executors import may_name
from headrace_airflow.build.retries import FailurePolicy
from headrace_airflow.spec.model import Options

#: Options in seconds, which Airflow wants as a `timedelta`.
_DURATIONS = {"retry_delay", "max_retry_delay", "timeout"}
#: Options that are no keywords of their own.
_OTHERS = {"retry_on", "retry_delays", "role"}
#: Option -> keyword of `BaseOperator`, where they differ.
_KEYWORDS = {
    "retry_backoff": "retry_exponential_backoff",
    "timeout": "execution_timeout",
    "priority": "priority_weight",
    "display_name": "task_display_name",
}
#: The place of an option, its keyword, and whether it is a duration: looked through for every task.
_PASSED = [
    (place, _KEYWORDS.get(name, name), name in _DURATIONS)
    for place, name in enumerate(Options._fields)
    if name not in _OTHERS
]
_HAS_POLICIES = hasattr(BaseOperator, "retry_policy")
_Task = TypeVar("_Task")


def option_arguments(options: Options, key: str = "runtime") -> dict[str, Any]:
    """What an operator is told besides what it does; `key` is where the configuration says it.

    LackingError for what this Airflow does not know, UnknownExecutorError.
    """
    values: tuple[Any, ...] = options
    given: dict[str, Any] = {
        keyword: timedelta(seconds=values[place]) if is_duration else values[place]
        for place, keyword, is_duration in _PASSED
        if values[place] is not None
    }
    if options.executor and not may_name(options.executor, f"{key}.executor"):
        del given["executor"]
    if options.retries or (options.retries is None and (options.retry_on is not None or options.retry_delays)):
        given |= _policy(options, key)
    return given


def _policy(options: Options, key: str) -> dict[str, Any]:
    if _HAS_POLICIES:
        return {"retry_policy": FailurePolicy(options.retry_on, options.retry_delays)}
    if options.retry_on is not None or options.retry_delays:
        from headrace_airflow.versions import lacking

        raise lacking("retries by kind of failure", f"{key}.retry_on")
    return {}


def with_role(task: _Task, options: Options) -> _Task:
    """The same operator as a setup or teardown, where it is one."""
    if options.role is None:
        return task
    marked: _Task = getattr(task, f"as_{options.role}")()
    return marked
