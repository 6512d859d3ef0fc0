"""From a notifier of the configuration, as JSON, to its channel. Secrets have been filled in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headrace.clock import parse_duration
from headrace.notify.channel import Channel
from headrace.notify.log import LogChannel


def channel_of(
    entry: Mapping[str, Any],
    folder: Path | None,
    environment: Mapping[str, str],
    python: str = sys.executable,
) -> Channel:
    """The channel of a notifier.

    A function is called in `folder`, the project's if that is here, with `environment`, by the interpreter `python`.
    """
    if entry["type"] == "log":
        return LogChannel()
    timeout = parse_duration(entry["timeout"]).total_seconds()
    if entry["type"] == "email":
        return _email(entry, timeout)
    if entry["type"] == "slack":
        from headrace.notify.slack import SlackChannel

        return SlackChannel(entry["url"], timeout)
    if entry["type"] == "function":
        from headrace.notify.function import FunctionChannel

        return FunctionChannel(entry["name"], folder, environment, python, timeout)
    from headrace.notify.webhook import WebhookChannel

    return WebhookChannel(entry["url"], timeout)


def _email(entry: Mapping[str, Any], timeout: float) -> Channel:
    from headrace.notify.email import EmailChannel

    return EmailChannel(
        host=entry["host"],
        port=entry["port"],
        sender=entry["sender"],
        to=tuple(entry["to"]),
        security=entry["security"],
        user=entry["user"] or "",
        password=entry["password"] or "",
        timeout=timeout,
    )
