"""A stage ends with the process that started it: one that nobody waits for would work beside the next try."""

from __future__ import annotations

import os
import signal
import threading

#: Names the descriptor of a pipe that the starting process holds open for as long as it lives.
LIFELINE = "HEADRACE_LIFELINE"


def hold_lifeline() -> None:
    """Watch the pipe, if there is one, and end this process group when it closes.

    Killing is safe: a stage publishes what it made by a rename, at its end.
    """
    given = os.environ.pop(LIFELINE, "")  # what this process starts is in its group
    if given.isdigit():
        os.set_inheritable(int(given), False)  # nor is what it starts to hold the pipe
        threading.Thread(target=_watch, args=(int(given),), name="lifeline", daemon=True).start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.killpg(0, signal.SIGKILL)
