"""Notices in the log."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from headrace.notify.notice import Event, Notice

_LEVELS: dict[Event, int] = {
    "failed": logging.ERROR,
    "deadline": logging.ERROR,
    "refused": logging.WARNING,
    "retrying": logging.WARNING,
    "succeeded": logging.INFO,
}


@dataclass(frozen=True, slots=True)
class LogChannel:
    """The log of whoever notifies."""

    timeout: None = None

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Write the notice: a failure as an error, a refusal as a warning."""
        log.log(_LEVELS[notice.event], "%s", notice.text())

    def __str__(self) -> str:
        return "log"
