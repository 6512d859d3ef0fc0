"""Which failures are tried again. Light: every task has its policy when Airflow reads the DAG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from airflow.sdk.definitions.retry_policy import RetryDecision

    from headrace.failures import FailureKind

_REASONS: Mapping[str, str] = {
    "connection": "a connection was lost",
    "locked": "something was locked",
    "killed": "it was ended from outside, or memory ran out",
    "timeout": "it took longer than it may",
    "unknown": "the error is not a known one",
}
#: How Airflow ends a task, by the class of what it raises in it.
_OF_AIRFLOW: Mapping[str, FailureKind] = {
    "AirflowTaskTimeout": "timeout",
    "AirflowTaskTerminated": "killed",
    "SystemExit": "killed",
}


class FailurePolicy(NamedTuple):
    """An Airflow retry policy in all but its base class, whose module would cost every DAG file two milliseconds.

    Airflow asks it in the task's process, and never about a stage whose failure does not pass. What is wrong with the
    configuration before a stage begins is not tried again either.
    """

    retry_on: Sequence[str] | None = None
    """Kinds of failure that are tried again; None: all."""
    retry_delays: Mapping[str, float] = {}
    """Kind of failure -> seconds to wait after it."""

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        """Try again or not, and why, in the task's log."""
        from airflow.sdk.definitions.retry_policy import RetryDecision

        from headrace.errors import HeadraceError

        del try_number, max_tries, context
        if isinstance(exception, HeadraceError) and not exception.retryable:
            return RetryDecision.fail(f"not tried again: it would be wrong again ({exception.code})")
        kind = kind_of_failure(exception)
        if self.retry_on is not None and kind not in self.retry_on:
            return RetryDecision.fail(f"not tried again: {_REASONS[kind]}, and `retry_on` does not name `{kind}`")
        delay = self.retry_delays.get(kind)
        seconds = None if delay is None else timedelta(seconds=delay)
        return RetryDecision.retry(seconds, f"{_REASONS[kind]} ({kind})")


def kind_of_failure(error: BaseException) -> FailureKind:
    """The kind of any error that ended a task: a stage's, Airflow's or that of an operator."""
    from headrace.failures import failure_kind
    from headrace_airflow.failures import StageFailed

    if isinstance(error, StageFailed):
        return error.kind
    return _OF_AIRFLOW.get(type(error).__name__) or failure_kind(error)
