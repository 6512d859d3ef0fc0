"""What can be painted out of documents: finite numbers, and texts that fit and are legal in XML."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

# Control characters, lone surrogates and non-characters: XML 1.0 has no way to write them.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def finite(value: Any) -> float | None:
    """The value as a float; None where it is absent, not a number, or not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    # Beyond this, matplotlib's own arithmetic on the span of an axis overflows.
    return number if math.isfinite(number) and abs(number) < 1e150 else None


def column(document: Any, *names: str) -> Sequence[Any]:
    """The first list of one of these names in a document; empty if there is none."""
    if isinstance(document, Mapping):
        for name in names:
            if isinstance(document.get(name), list | tuple):
                return list(document[name])
    return []


def rows_of(*columns: Sequence[Any]) -> list[tuple[float, ...]]:
    """Columns side by side: only rows in which every value is finite; the shortest column decides the length."""
    numbers = ([finite(value) for value in values] for values in columns)
    return [row for row in zip(*numbers, strict=False) if None not in row]


def clean(text: Any, length: int = 200) -> str:
    """A label: one line, legal in XML, cut in the middle where it is too long (ends tell columns apart)."""
    line = " ".join(_ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", str(text)).split())
    if len(line) <= length:
        return line
    tail = (length - 1) // 3
    return f"{line[: length - 1 - tail].rstrip()}…{line[-tail:].lstrip()}"


def tick(value: float, place: object = None) -> str:  # noqa: ARG001 (matplotlib gives a place too)
    """A number beside an axis, short enough for its margin: `1,600`, `25k`, `1.5M`."""
    size, unit = next(
        ((size, unit) for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")) if abs(value) >= size), (1, "")
    )
    number = value / (1e3 if unit == "k" else size)
    return f"{number:,.5g}{unit}".replace("-", "\N{MINUS SIGN}")


def target_name(info: Mapping[str, Any]) -> str:
    """The name of what is predicted, to stand after a word of an axis label; empty if it has none."""
    target = info.get("target")
    name = target.get("column") if isinstance(target, Mapping) else None
    return f" {clean(name, 30)}" if name else ""
