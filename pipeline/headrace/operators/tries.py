"""How a task is tried again, where nothing says that it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headrace.operators.problem import Problem

_HOW = ("retry_on", "retry_delay", "retry_delays", "retry_backoff", "max_retry_delay")


def tries_problems(key: str, task: Mapping[str, Any]) -> Iterator[Problem]:
    """Of the task at `key`, which has no decorator that could say how often it is tried."""
    found = [name for name in _HOW if name in task]
    if found and not task.get("retries"):
        message = f"`{found[0]}` is about further tries, and the task has none"
        yield Problem("HR367", message, f"{key}.{found[0]}", "write `retries` beside it, or delete it", "warning")
