"""What a stage says, wherever it runs: lines for people, and at the end of stdout one line that is a document."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from headrace import secrets
from headrace.errors import EXIT_TRANSIENT, Diagnostic, Place

#: A line longer than this is passed on in pieces.
_LINE = 16_384
_KEPT = 20


@dataclass(frozen=True, slots=True)
class Ended:
    """How a stage ended."""

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


class StageOutput:
    """Passes lines on as they come, without secrets, and keeps the document back, which is not for people."""

    def __init__(self, say: Callable[[str], None], hidden: tuple[str, ...] = ()) -> None:
        self._say = say
        self._hidden = hidden
        self._last_lines: deque[str] = deque(maxlen=_KEPT)
        self._held: str | None = None
        """The newest line of stdout, if it looks like the document."""

    def take(self, line: str) -> None:
        """A line of stdout. Whether it is the document is known when another line follows."""
        held, self._held = self._held, line if line.startswith("{") else None
        if held is not None:
            self.say(held)
        if self._held is None:
            self.say(line)

    def say(self, line: str) -> None:
        """A line that is for people in any case."""
        safe = secrets.redact(line, self._hidden)
        self._last_lines.append(safe)
        self._say(safe)

    def ended(self, code: int) -> Ended:
        """The end: the held line is the document, or else output like any other."""
        document = self._document()
        return Ended(code, document, tuple(self._last_lines))

    def could_not(self, code: int, message: str, remedy: str = "") -> Ended:
        """The end of what never began, or whose end nobody saw."""
        told = Diagnostic("HR401", secrets.redact(message, self._hidden), remedy=remedy)
        failure = "connection" if code == EXIT_TRANSIENT else None
        return Ended(code, {"failure": failure, "diagnostics": [told.as_json()]}, tuple(self._last_lines))

    def _document(self) -> dict[str, Any]:
        held, self._held = self._held, None
        if held is None:
            return {}
        with suppress(ValueError):
            document = json.loads(secrets.redact(held, self._hidden))
            if isinstance(document, dict):
                return document
        self.say(held)
        return {}


class Lines:
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


def _diagnostic(entry: Mapping[str, Any]) -> Diagnostic:
    place = Place(entry["file"], entry["line"], entry["column"]) if entry.get("file") else None
    return Diagnostic(entry.get("code", ""), entry.get("message", ""), place, entry.get("remedy", ""))
