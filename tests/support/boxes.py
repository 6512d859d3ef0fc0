"""Processes that stand in for containers: what Docker or a cluster would start is started on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

#: What an image would bring: everything else in a box's environment must have been declared.
_OF_THE_IMAGE = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")


class Box:
    """One container: a process with exactly the environment that it was given, and all that it has said."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
        self.words = list(words)
        self.environment = dict(environment)
        self.folder = folder
        self.lines: list[tuple[str, str, bytes]] = []
        """(stream, moment, line)"""
        self.code: int | None = None
        self.is_done = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [sys.executable if self.words[0] == "python" else self.words[0], *self.words[1:]]
        image = {name: os.environ[name] for name in _OF_THE_IMAGE if name in os.environ}
        self._process = subprocess.Popen(
            words,
            cwd=self.folder,
            env={**image, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        readers = [threading.Thread(target=self._read, args=(name,), daemon=True) for name in ("stdout", "stderr")]
        for reader in readers:
            reader.start()
        threading.Thread(target=self._wait, args=(readers,), daemon=True).start()

    def kill(self, code: int = 137) -> None:
        if self._process is not None and self.code is None:
            self.code = code
            self._process.kill()

    def _read(self, stream: str) -> None:
        assert self._process
        for line in getattr(self._process, stream):
            moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.{time.time_ns() % 10**9:09d}Z"
            self.lines.append((stream, moment, line))

    def _wait(self, readers: Sequence[threading.Thread]) -> None:
        assert self._process
        ended = self._process.wait()
        for reader in readers:
            reader.join()
        if self.code is None:
            self.code = ended if ended >= 0 else 128 - ended
        self.is_done.set()


def lines_as_they_come(box: Box, send: Callable[[str, str, bytes], None]) -> None:
    """Call `send` for every line, until the box has ended and all of it was sent."""
    sent = 0
    while True:
        is_last = box.is_done.is_set()
        for stream, moment, line in box.lines[sent:]:
            send(stream, moment, line)
            sent += 1
        if is_last and sent == len(box.lines):
            return
        time.sleep(0.01)
