"""Warnings that a file accepts, with a reason: `# lint: allow HR118 because the next release needs it`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from headrace.config.codes import CODES
from headrace.config.nearest import nearest
from headrace.errors import Diagnostic, Place

_ALLOWANCE = re.compile(
    r"(?:#|--)\s*lint:\s*allow\b\s*(?P<codes>(?:[A-Za-z]+\d+(?:\s*,\s*[A-Za-z]+\d+)*)?)\s*(?:because\b\s*(?P<reason>.*))?"
)
_CODE = "HR119"


@dataclass(frozen=True, slots=True)
class Allowance:
    """One comment: the codes that it accepts, on its line, or on the next one if it has a line of its own.

    The line is negative where the comment is one of those that the file begins with: it speaks of the file.
    """

    line: int
    column: int
    own_line: bool
    codes: tuple[str, ...]
    reason: str


def allowances(text: str) -> Iterator[Allowance]:
    """The allowances of a YAML or SQL file."""
    at_top = True
    for number, line in enumerate(text.splitlines(), start=1):
        own_line = line.lstrip().startswith(("#", "--"))
        at_top = at_top and (own_line or not line.strip())
        if match := _ALLOWANCE.search(line):
            codes = tuple(code.strip().upper() for code in match["codes"].split(",") if code.strip())
            yield Allowance(
                -number if at_top else number, match.start() + 1, own_line, codes, (match["reason"] or "").strip()
            )


def apply(found: Iterable[Diagnostic], allowed: Mapping[str, Iterable[Allowance]], whole: bool) -> Iterator[Diagnostic]:
    """What is left of the diagnostics, and what is wrong with the allowances (file -> its allowances).

    With `whole`, everything was linted, so that an allowance which accepted nothing is told as well.
    """
    used: set[tuple[str, int, str]] = set()
    refused: set[tuple[str, int, str]] = set()
    for diagnostic in found:
        place = diagnostic.place or Place("")
        matching = [item for item in allowed.get(place.file, ()) if _fits(item, diagnostic.code, place)]
        keys = {(place.file, item.line, diagnostic.code) for item in matching if item.reason}
        if keys and diagnostic.severity == "warning":
            used |= keys
        else:
            refused |= keys
            yield diagnostic
    for file, items in allowed.items():
        for item in items:
            yield from _wrong(file, item, used, refused, whole)


def _fits(allowance: Allowance, code: str, place: Place) -> bool:
    if code not in allowance.codes:
        return False
    line = abs(allowance.line)
    if allowance.line < 0 and place.line in (None, 1):  # it speaks of the file
        return True
    return place.line == line or (allowance.own_line and place.line == line + 1)


def _wrong(
    file: str,
    allowance: Allowance,
    used: set[tuple[str, int, str]],
    refused: set[tuple[str, int, str]],
    whole: bool,
) -> Iterator[Diagnostic]:
    place = Place(file, abs(allowance.line), allowance.column)
    shape = "write `# lint: allow CODE because REASON`"
    if not allowance.codes:
        yield Diagnostic(_CODE, "an allowance that names no code", place, shape)
    elif not allowance.reason:
        yield Diagnostic(_CODE, "an allowance without a reason", place, shape)
    for code in allowance.codes if allowance.reason else ():
        key = (file, allowance.line, code)
        if code not in CODES:
            close = nearest(code, CODES)
            remedy = f"did you mean {close[0]}?" if close else shape
            yield Diagnostic(_CODE, f"there is no code {code}", place, remedy)
        elif key in refused:
            message = f"{code} is an error here, and only warnings can be accepted"
            yield Diagnostic(_CODE, message, place, "mend the error and delete the allowance")
        elif whole and key not in used:
            yield Diagnostic(_CODE, f"there is no warning {code} here", place, "delete the allowance", "warning")
