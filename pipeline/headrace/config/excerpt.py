"""The line that a message is about, with a caret under the place."""

from __future__ import annotations

from headrace.errors import Place

_WIDTH = 110


def excerpt(text: str, place: Place | None) -> str:
    """Two lines, `12 | key: value` and a caret below; empty where the place has no line in the text."""
    lines = text.splitlines()
    if place is None or place.line is None or not 0 < place.line <= len(lines):
        return ""
    return pointed(lines[place.line - 1], (place.column or 1) - 1, label=str(place.line))


def pointed(line: str, offset: int, label: str = "") -> str:
    """One line with a caret under the character at `offset` (from 0); a long line is cut around it."""
    offset = min(max(offset, 0), len(line))
    start = 0 if len(line) <= _WIDTH else max(0, min(offset - _WIDTH // 2, len(line) - _WIDTH))
    shown = line[start : start + _WIDTH].replace("\t", " ")
    shown = "".join(character if character.isprintable() else "\ufffd" for character in shown)
    gutter = " " * len(label)
    return f"{label} | {shown}\n{gutter} | {' ' * (offset - start)}^"
