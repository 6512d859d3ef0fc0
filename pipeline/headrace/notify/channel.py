"""What a way of telling people has to be able to do."""

from __future__ import annotations

import logging
from typing import Protocol

from headrace.notify.notice import Notice


class Channel(Protocol):
    """A way of telling people. `str()` names it without its secrets."""

    @property
    def timeout(self) -> float | None:
        """Seconds that sending may take; None for what waits for nobody."""

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Send the notice; OSError or ValueError, without secrets, if that fails."""
