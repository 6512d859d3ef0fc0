"""The forms in which `headrace lint` tells what it found."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from headrace.counted import counted
from headrace.errors import Diagnostic
from headrace.lint.merging import SEPARATOR

_NAMED = 3
_SLOW = 1.0
_RED, _YELLOW, _BOLD, _DIM, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Told:
    """What was found in how many pipelines, and how long it took."""

    found: Sequence[Diagnostic]
    pipelines: int
    seconds: float


def _as_text(told: Told) -> None:
    paint = _painted if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else str
    for diagnostic in told.found:
        print(paint(diagnostic))
        if shared := _shared(diagnostic):
            print(f"  {shared}")
    print(summary(told))


def summary(told: Told) -> str:
    """`3 pipelines: 2 errors, 1 warning`, with the seconds if there were many."""
    numbers = {kind: sum(diagnostic.severity == kind for diagnostic in told.found) for kind in ("error", "warning")}
    counts = [counted(count, kind) for kind, count in numbers.items() if count]
    pipelines = counted(told.pipelines, "pipeline")
    slow = f" in {told.seconds:.1f} s" if told.seconds >= _SLOW else ""
    return f"{pipelines}: {', '.join(counts) or 'no problems'}{slow}"


def _shared(diagnostic: Diagnostic) -> str:
    """`in 30 pipelines: a, b, c and 27 more`; empty where it is one."""
    names = (diagnostic.pipeline or "").split(SEPARATOR)
    if len(names) < 2:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"in {len(names)} pipelines: {', '.join(names[:_NAMED])}{more}"


def _painted(diagnostic: Diagnostic) -> str:
    """For a terminal: the place bold, the severity in its colour, the excerpt dim."""
    head, *rest = str(diagnostic).split("\n")
    word = f"{diagnostic.severity} {diagnostic.code}"
    colour = _RED if diagnostic.severity == "error" else _YELLOW
    place, found, message = head.partition(f"{word}: ")
    if not found:
        return str(diagnostic)
    lines = [f"{_BOLD}{place}{_PLAIN}{colour}{word}{_PLAIN}: {message}"]
    lines += [f"{_DIM}{line}{_PLAIN}" if not line.startswith("  remedy:") else line for line in rest]
    return "\n".join(lines)


def _as_json(told: Told) -> None:
    print(json.dumps([diagnostic.as_json() for diagnostic in told.found], ensure_ascii=False))


def _as_github(told: Told) -> None:
    """Workflow commands that put a note on the line of a pull request."""
    for diagnostic in told.found:
        facts = diagnostic.as_json()
        named = {"file": facts["file"], "line": facts["line"], "col": facts["column"], "title": diagnostic.code}
        where = ",".join(f"{name}={_property(str(value))}" for name, value in named.items() if value)
        text = "; ".join(part for part in (diagnostic.message, diagnostic.remedy, _shared(diagnostic)) if part)
        print(f"::{diagnostic.severity} {where}::{_escaped(text)}")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As text, without the signs that end a property."""
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


#: Name of a format -> what prints it.
FORMATS: Mapping[str, Callable[[Told], None]] = {"text": _as_text, "json": _as_json, "github": _as_github}
