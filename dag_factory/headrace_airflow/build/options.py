"""Options -> an operator's keywords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from airflow.sdk import BaseOperator

from headrace_airflow.build.retries import FailurePolicy
from headrace_airflow.build.unavailable import UnavailableError, require_executor
from headrace_airflow.spec.model import Options

#: Option -> keyword of `BaseOperator`, where they differ.
_KEYWORDS = {
    "retry_backoff": "retry_exponential_backoff",
    "timeout": "execution_timeout",
    "priority": "priority_weight",
    "display_name": "task_display_name",
}
#: Options in seconds, which Airflow wants as a `timedelta`.
_DURATIONS = {"retry_delay", "max_retry_delay", "timeout"}
#: Options that are no keywords of their own.
_OTHERS = {"retry_on", "retry_delays", "role"}
_HAS_POLICIES = hasattr(BaseOperator, "retry_policy")
_Task = TypeVar("_Task")


def option_arguments(options: Options) -> dict[str, Any]:
    """What an operator is told besides what it does. UnavailableError for what this Airflow does not know."""
    given: dict[str, Any] = {
        name: value for name, value in options._asdict().items() if value is not None and name not in _OTHERS
    }
    for name in _DURATIONS.intersection(given):
        given[name] = timedelta(seconds=given[name])
    if options.executor:
        require_executor(options.executor)
    return {_KEYWORDS.get(name, name): value for name, value in given.items()} | _policy(options)


def _policy(options: Options) -> dict[str, Any]:
    if not options.retries:
        return {}
    if _HAS_POLICIES:
        return {"retry_policy": FailurePolicy(options.retry_on, options.retry_delays)}
    if options.retry_on is not None or options.retry_delays:
        raise UnavailableError("retries by kind of failure", "runtime.retry_on", "3.3")
    return {}


def with_role(task: _Task, options: Options) -> _Task:
    """The same operator as a setup or teardown, where it is one."""
    if options.role is None:
        return task
    marked: _Task = getattr(task, f"as_{options.role}")()
    return marked
