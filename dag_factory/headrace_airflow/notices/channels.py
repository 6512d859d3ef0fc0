"""The channels of an event, with their secrets."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from headrace import secrets
from headrace.clock import parse_duration
from headrace.errors import SecretError
from headrace.notify import Channel, Event, channel_of
from headrace_airflow.notices.notifier import Notifier
from headrace_airflow.secret_values import with_secrets

_LOG = logging.getLogger(__name__)


def channels_for(notifier: Notifier, event: Event) -> list[Channel]:
    """Everybody who wants to know; who cannot be reached for want of a secret or a package is left out, and logged."""
    return list(_channels(notifier, event))


def _channels(notifier: Notifier, event: Event) -> Iterator[Channel]:
    for entry in notifier.notify:
        if event not in entry.get("events", (event,)):
            continue
        try:
            yield _channel(notifier, entry)
        except SecretError as error:
            _LOG.warning("no notice was sent to the %s: %s", entry["type"], error.message)
        except (LookupError, ImportError, ValueError) as error:
            _LOG.warning("no notice was sent to the %s: %s", entry["type"], error)


def _channel(notifier: Notifier, entry: Mapping[str, Any]) -> Channel:
    if entry.get("connection"):
        from headrace_airflow.notices.slack import SlackConnection

        return SlackConnection.of(entry["connection"], parse_duration(entry["timeout"]).total_seconds())
    environment = with_secrets(os.environ, secrets.names(entry))
    project = notifier.site.project
    return channel_of(secrets.resolve(dict(entry), environment), project.root, _interpreter(notifier))


def _interpreter(notifier: Notifier) -> str:
    """`runtime.python`, where the project's packages are: a path from the project folder, or a name on the path."""
    if notifier.python is None:
        return sys.executable
    return str(notifier.site.project.root / notifier.python) if os.sep in notifier.python else notifier.python
