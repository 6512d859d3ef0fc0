"""A stage as a process: started without a shell, its output passed on line by line, ended with all it started."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headrace import secrets
from headrace.errors import Diagnostic, Place

#: Seconds between asking a process to end and ending it. Airflow itself ends the task after five.
GRACE = 3.0
#: A line longer than this is passed on in pieces.
_LINE = 16_384
_KEPT = 20


@dataclass(frozen=True, slots=True)
class StageCommand:
    """What to start. Words are passed as they are: nothing interprets them on the way."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    hidden: tuple[str, ...] = field(default=(), repr=False)
    """Secret values, which are taken out of the output."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended."""

    code: int
    """Exit code; negative for the signal that ended it."""
    document: Mapping[str, Any]
    """The JSON document of its last line; empty if there was none."""
    last_lines: tuple[str, ...]
    """The end of its output."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What the stage said is wrong."""
        return tuple(_diagnostic(entry) for entry in self.document.get("diagnostics", ()))


class StageProcess:
    """One process group, from its start to its end."""

    def __init__(self, command: StageCommand, say: Callable[[str], None]) -> None:
        self._command = command
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._last_lines: deque[str] = deque(maxlen=_KEPT)
        self._held: str | None = None
        """The newest line of stdout, if it looks like the document, which is not for people."""

    def run(self) -> Ended:
        """Start it and wait for its end; OSError if it cannot be started.

        However this ends (by an exception from a signal handler, say), nothing that the stage started is left behind.
        """
        process = self._process = subprocess.Popen(
            self._command.words,
            cwd=self._command.folder,
            env=dict(self._command.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            self._pass_on(process)
            code = _wait(process)
        finally:
            self.stop()
        return Ended(code, self._document(), tuple(self._last_lines))

    def stop(self) -> None:
        """End the whole group: asked first, then killed. May be called at any time, from a signal handler too."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            _signal_group(process.pid, signal.SIGTERM)
            _wait(process, GRACE)
        _signal_group(process.pid, signal.SIGKILL)
        _wait(process, GRACE)

    def _pass_on(self, process: subprocess.Popen[bytes]) -> None:
        """Read both pipes until they close, or until the process has ended and is silent.

        A grandchild that outlives the stage may hold the pipes open for good.
        """
        assert process.stdout
        assert process.stderr
        with selectors.DefaultSelector() as selector, process.stdout, process.stderr:
            selector.register(process.stdout, selectors.EVENT_READ, _Lines(self._hold))
            selector.register(process.stderr, selectors.EVENT_READ, _Lines(self._pass))
            while selector.get_map():
                ready = selector.select(timeout=0.5)
                if not ready and process.poll() is not None:
                    break
                for key, _ in ready:
                    data = os.read(key.fd, 65_536)
                    key.data.take(data)
                    if not data:
                        selector.unregister(key.fileobj)

    def _hold(self, line: str) -> None:
        """Pass a line of stdout on, unless it may be the document: that is known when another line follows."""
        held, self._held = self._held, line if line.startswith("{") else None
        if held is not None:
            self._pass(held)
        if self._held is None:
            self._pass(line)

    def _pass(self, line: str) -> None:
        safe = secrets.redact(line, self._command.hidden)
        self._last_lines.append(safe)
        self._say(safe)

    def _document(self) -> dict[str, Any]:
        """The held line, if it is the stage's document; else it is output like any other."""
        held, self._held = self._held, None
        if held is None:
            return {}
        with suppress(ValueError):
            document = json.loads(secrets.redact(held, self._command.hidden))
            if isinstance(document, dict):
                return document
        self._pass(held)
        return {}


class _Lines:
    """Bytes in, whole lines of text out."""

    def __init__(self, take_line: Callable[[str], None]) -> None:
        self._take_line = take_line
        self._rest = b""

    def take(self, data: bytes) -> None:
        """More bytes; none means the end."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LINE and not _may_be_document(self._rest):
            lines, self._rest = [*lines, self._rest], b""
        if not data and self._rest:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            # A progress bar redraws its line: its last state is the one to keep.
            self._take_line(line.decode(errors="replace").rstrip().rpartition("\r")[2])


def _may_be_document(line: bytes) -> bool:
    """The stage's document is one line, however long."""
    return line.startswith(b"{") and len(line) < 1_000 * _LINE


def _wait(process: subprocess.Popen[bytes], seconds: float = float("inf")) -> int:
    """The exit code; 0 if it has not ended by then.

    Popen's own wait holds a lock that a signal handler, which comes here too, would wait for in vain.
    """
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return process.returncode or 0


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _diagnostic(entry: Mapping[str, Any]) -> Diagnostic:
    place = Place(entry["file"], entry["line"], entry["column"]) if entry.get("file") else None
    return Diagnostic(entry.get("code", ""), entry.get("message", ""), place, entry.get("remedy", ""))
