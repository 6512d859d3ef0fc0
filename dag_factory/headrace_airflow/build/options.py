"""Options -> an operator's keywords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from headrace_airflow.spec.model import Options

#: Option -> keyword of `BaseOperator`, where they differ.
_KEYWORDS = {"retry_backoff": "retry_exponential_backoff", "timeout": "execution_timeout"}
#: Options in seconds, which Airflow wants as a `timedelta`.
_DURATIONS = {"retry_delay", "max_retry_delay", "timeout"}


def option_arguments(options: Options) -> dict[str, Any]:
    """What an operator is told besides what it does."""
    given: dict[str, Any] = {name: value for name, value in options._asdict().items() if value is not None}
    for name in _DURATIONS.intersection(given):
        given[name] = timedelta(seconds=given[name])
    return {_KEYWORDS.get(name, name): value for name, value in given.items()}
