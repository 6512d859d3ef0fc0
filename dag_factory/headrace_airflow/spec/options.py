"""Configuration -> what Airflow itself does for a task."""

from __future__ import annotations

from headrace.clock import parse_duration
from headrace.config.schema.spec import Spec
from headrace_airflow.spec.model import Options


def stage_options(spec: Spec, stages: int, trigger_rule: str | None) -> Options:
    """The options of a task that runs so many stages."""
    runtime = spec.runtime
    return Options(
        owner=spec.owner,
        retries=runtime.retries,
        retry_delay=_seconds(runtime.retry_delay),
        retry_backoff=2.0 if runtime.retry_backoff else None,
        max_retry_delay=_seconds(runtime.max_retry_delay),
        timeout=_seconds(runtime.timeout) * stages,
        trigger_rule=trigger_rule,
    )


def _seconds(duration: str) -> float:
    return parse_duration(duration).total_seconds()
