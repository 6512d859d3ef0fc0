"""A notice over every channel at once, none of which may keep the run waiting."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from headrace.notify.channel import Channel
from headrace.notify.notice import Notice


def announce(notice: Notice, channels: Iterable[Channel], log: logging.Logger) -> tuple[str, ...]:
    """Send a notice over every channel. What could not be sent is logged and returned, never raised.

    It takes as long as the slowest channel, and no channel longer than its timeout.
    """
    sendings = [_Sending(channel, notice, log) for channel in channels]
    found = ((sending.channel, sending.problem()) for sending in sendings)
    problems = tuple(f"the notice could not be sent to the {channel}: {why}" for channel, why in found if why)
    for problem in problems:
        log.warning("%s", problem)
    return problems


class _Sending:
    """One channel at work. A thread bounds the whole of it.

    A timeout of a socket's own bounds one answer, and neither the look-up of a name nor a server that answers one
    byte at a time.
    """

    def __init__(self, channel: Channel, notice: Notice, log: logging.Logger) -> None:
        self.channel = channel
        self._problem = ""
        self._end = time.monotonic() + (channel.timeout or 0)
        self._thread: threading.Thread | None = None
        if channel.timeout is None:
            self._send(notice, log)
        else:
            name = "headrace-notice"
            self._thread = threading.Thread(target=self._send, args=(notice, log), name=name, daemon=True)
            self._thread.start()

    def problem(self) -> str:
        """Wait for its end, and say what went wrong; empty if nothing did."""
        if self._thread is not None:
            self._thread.join(max(0.0, self._end - time.monotonic()))
            if self._thread.is_alive():
                return "timed out"
        return self._problem

    def _send(self, notice: Notice, log: logging.Logger) -> None:
        try:
            self.channel.send(notice, log)
        except (OSError, ValueError) as error:
            self._problem = str(error) or type(error).__name__
        except Exception as error:  # noqa: BLE001 - a library's own, whose text may quote an address or a password
            self._problem = type(error).__name__
