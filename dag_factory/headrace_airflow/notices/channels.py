"""The channels of an event, with their secrets."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from headrace import secrets
from headrace.clock import parse_duration
from headrace.errors import HeadraceError
from headrace.notify import Channel, Event, channel_of
from headrace_airflow.notices.notifier import Notifier
from headrace_airflow.outer_environment import outer_environment
from headrace_airflow.secret_values import with_secrets

_LOG = logging.getLogger(__name__)


class Addressees(NamedTuple):
    """Everybody who wants to know of an event."""

    channels: Sequence[Channel]
    secrets: Sequence[str]
    """What the references in their addresses and passwords stand for: no notice may quote it."""


def addressees(notifier: Notifier, event: Event) -> Addressees:
    """Everybody who wants to know; who cannot be reached for want of a secret or a package is left out, and logged."""
    channels: list[Channel] = []
    known: list[str] = []
    for entry in notifier.notify:
        if event not in entry.get("events", (event,)):
            continue
        try:
            environment = with_secrets(os.environ, secrets.names(entry))
            known += secrets.values(entry, environment)
            channels.append(_channel(notifier, secrets.resolve(dict(entry), environment)))
        except HeadraceError as error:
            _LOG.warning("no notice was sent to the %s: %s", entry["type"], error.message)
        except (LookupError, ImportError, OSError, ValueError) as error:
            _LOG.warning("no notice was sent to the %s: %s", entry["type"], error)
    return Addressees(channels, known)


def _channel(notifier: Notifier, entry: Mapping[str, Any]) -> Channel:
    if entry.get("connection"):
        from headrace_airflow.notices.slack import SlackConnection

        return SlackConnection.of(entry["connection"], parse_duration(entry["timeout"]).total_seconds())
    project = notifier.site.at_hand
    root = project.root if project and project.root.is_dir() else None
    return channel_of(entry, root, outer_environment(), _interpreter(notifier.python, root))


def _interpreter(python: str | None, root: Path | None) -> str:
    """`runtime.python`, where the project's packages are: a path from the project folder, or a name on the path."""
    if python is None:
        return sys.executable
    return str((root or Path()) / python) if os.sep in python else python
