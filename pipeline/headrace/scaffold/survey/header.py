"""Whether a table of text begins with names, and which names its columns get."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from headrace.data.declared import repeated

_NUMBER = re.compile(r"\s*[-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?\s*")
_SPOILT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]+")
_NOTHING = ("", "na", "n/a", "nan", "null", "?", "-", ".")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Heading:
    """The names of the columns, and where they come from."""

    names: tuple[str, ...]
    is_there: bool
    is_readable: bool
    """The file's own header is used as it stands."""
    above: bool = False
    """It is the line above the first record, and one name short: the rows' own names have none."""
    notes: tuple[str, ...] = ()


def heading_of(rows: Sequence[Sequence[str]], first: int, width: int, target: str) -> Heading:
    """The heading of a table whose first full record is `rows[first]`."""
    if not rows:
        return Heading((), is_there=False, is_readable=False)
    if first and len(rows[first - 1]) == width - 1 and width > 2 and _are_names(rows[first - 1], rows[first:], target):
        names = _usable(["row_name", *rows[first - 1]])
        note = "the header is one name short: the first column holds the rows' own names"
        return Heading(names, is_there=True, is_readable=False, above=True, notes=(note,))
    head, body = rows[first], rows[first + 1 :]
    if not _are_names(head, body, target):
        names = tuple(f"column_{place}" for place in range(1, width + 1))
        note = "the first line holds values, not names: the names here are made up, by place; write better ones"
        return Heading(names, is_there=False, is_readable=False, notes=(note,))
    names = _usable(head)
    if names == tuple(head):
        return Heading(names, is_there=True, is_readable=True)
    changed = [f"{old!r} -> {new}" for old, new in zip(head, names, strict=True) if old != new]
    shown = ", ".join(changed[:5]) + (", …" if len(changed) > 5 else "")
    note = f"names that are missing, come twice or cannot be written were replaced: {shown}"
    return Heading(names, is_there=True, is_readable=False, notes=(note,))


def _are_names(head: Sequence[str], body: Sequence[Sequence[str]], target: str) -> bool:
    """Names differ in kind from what is below them, or do not occur there."""
    if target in head:
        return True
    filled = [field for field in head if field.strip()]
    if len({field.casefold() for field in filled}) < 0.5 * len(filled) or not filled:
        return False
    columns = [[row[place] for row in body if place < len(row)] for place in range(len(head))]
    numeric = [place for place, column in enumerate(columns) if _is_numeric(column)]
    if numeric:
        named = sum(not _is_number(head[place]) and head[place].strip() != "?" for place in numeric)
        return named >= 0.5 * len(numeric) or _counts(head)
    again = sum(field in column for field, column in zip(head, columns, strict=True))
    return again < 0.3 * len(head)


def _is_numeric(column: Sequence[str]) -> bool:
    values = [value for value in column if value.strip().lower() not in _NOTHING]
    return len(values) > 0 and sum(map(_is_number, values)) >= 0.95 * len(values)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _counts(head: Sequence[str]) -> bool:
    """Names such as 0, 1, 2: what is written where a table never had any."""
    numbers = [int(field) for field in head if field.strip().isdigit()]
    return len(numbers) >= 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1)


def _usable(head: Sequence[str]) -> tuple[str, ...]:
    """Names that YAML, SQL and the model can hold, each there once whatever the case of its letters."""
    names: list[str] = []
    for place, field in enumerate(head, 1):
        name = _SPOILT.sub(" ", field).replace("${", "{").replace("\\", "/")[:_LONGEST]
        name = name if name.strip() else ("row" if place == 1 else f"column_{place}")
        names.append(name)
        number = 2
        while repeated(names):
            names[-1] = f"{name}_{number}"
            number += 1
    return tuple(names)
