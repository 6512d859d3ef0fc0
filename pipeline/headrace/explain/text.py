"""Explanations for a terminal of 100 columns."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from headrace.config.option_files import OptionFile
from headrace.explain.values import Explained, Step
from headrace.plan.differences import Difference, Side

_WIDTH = 100
_VALUE = 32
_PLACE = re.compile(r"^(.*):(\d+):(\d+)$")
_HOW = {
    "written": "written as",
    "replaced": "replaces",
    "swapped": "instead of",
    "dropped": "dropped",
    "removed": "removed by",
}
_BECAUSE = {
    "swapped": "of the option that gave way",
    "dropped": "meant for the option that gave way",
}


def yaml_text(value: Any) -> str:
    """A value as YAML would have it, on one line."""
    if value is None or isinstance(value, bool | int | float | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return " ".join(str(value).split())


def full(found: Iterable[Explained], root: Path) -> Iterator[str]:
    """Everything that is known of each value."""
    for index, item in enumerate(found):
        if index:
            yield ""
        yield from _full(item, root)


def _full(item: Explained, root: Path) -> Iterator[str]:
    yield f"{item.key} is left out" if item.is_left_out else _clipped(f"{item.key} = {yaml_text(item.value)}")
    if item.place is not None:
        line = _line_of(item, root)
        yield _clipped(f"  {item.place}" + (f"   {line}" if line else ""))
    if item.origin and not item.is_left_out:
        yield f"  {item.origin}"
    yield from _chain(item, "  ")
    said = item.meaning
    if said.has_default and item.place is not None:
        yield _clipped(f"  {'default':<11}{yaml_text(said.default)}, {_whose(item.key)}")
    for name, text in (("meaning", said.text), ("allowed", said.allowed), ("unit", said.unit)):
        if text:
            yield from textwrap.wrap(text, _WIDTH, initial_indent=f"  {name:<11}", subsequent_indent=" " * 13)


def _whose(key: str) -> str:
    return "the library's" if key.startswith("model.params.") else "the schema's"


def compact(found: Sequence[Explained]) -> Iterator[str]:
    """One line a value, and one for each earlier writing; by parts of the configuration."""
    for top, items in groupby(found, key=lambda item: item.key.partition(".")[0]):
        part = list(items)
        if part[0].key != top:
            yield top
        yield from _part(part, f"{top}.")


def _part(items: Sequence[Explained], prefix: str) -> Iterator[str]:
    indent = "  " if items[0].key.startswith(prefix) else ""
    rows = [_row(list(same), prefix) for _, same in groupby(items, key=_listed)]
    width, wide = max(len(name) for name, *_ in rows), max(len(value) for _, value, *_ in rows)
    for name, value, where, item in rows:
        yield f"{indent}{name:<{width}}  {value:<{wide}}  {where}".rstrip()
        yield from _chain(item, f"{indent}    ")


def _listed(item: Explained) -> str:
    """The same for the items of a plain list, which share a line."""
    parent, _, name = item.key.rpartition(".")
    return parent if name.isdigit() else item.key


def _row(items: Sequence[Explained], prefix: str) -> tuple[str, str, str, Explained]:
    first = items[0]
    name, where = first.key.removeprefix(prefix), first.place or first.origin
    if first.is_left_out:
        return name, "left out", "", first
    if len(items) == 1:
        return name, _short(yaml_text(first.value)), where, first
    listed = ", ".join(yaml_text(item.value) for item in items)
    return f"{name}…{len(items) - 1}", _short(listed), where, first


def _chain(item: Explained, indent: str) -> Iterator[str]:
    for step in item.steps:
        yield _clipped(f"{indent}{_HOW[step.how]:<11}{_step(step, item.key)}")


def _step(step: Step, key: str) -> str:
    note = step.note or _BECAUSE.get(step.how, "")
    of = f"{step.key}: " if step.key != key else ""
    said = f"{of}{step.text}" + (f"   ({note})" if note else "")
    if step.how == "removed":
        return step.place
    return said if step.how == "written" else f"{step.place}   {said}"


def tree(root: OptionFile) -> Iterator[str]:
    """The option files in the order of merging, each with who chose it."""
    rows = list(_rows(root, "", ""))
    width = max(len(left) for left, _ in rows)
    return (_clipped(f"{left:<{width}}  {right}".rstrip()) for left, right in rows)


def _rows(node: OptionFile, head: str, below: str) -> Iterator[tuple[str, str]]:
    label = node.label if node.chosen else node.file or node.label
    first = node.chosen[0] if node.chosen else None
    yield head + label, f"{first.place}" if first else ""
    bar = "│" if node.inside else " "
    for earlier in node.chosen[1:]:
        yield f"{below}{bar}     replaces {earlier.option}", str(earlier.place)
    for index, child in enumerate(node.inside):
        last = index == len(node.inside) - 1
        yield from _rows(child, f"{below}{'└─ ' if last else '├─ '}", f"{below}{'   ' if last else '│  '}")


def changes(found: Sequence[Difference], names: tuple[str, str]) -> Iterator[str]:
    """Each key that differs, with both values and places."""
    width = max(map(len, names))
    for difference in found:
        yield difference.key
        for name, side in zip(names, (difference.before, difference.after), strict=True):
            yield _clipped(f"  {name:<{width}}  {_side(side)}")


def _side(side: Side | None) -> str:
    if side is None:
        return "is not there"
    return f"{_short(yaml_text(side.value)):<{_VALUE}}  {side.place or 'the schema' + chr(39) + 's default'}"


def _line_of(item: Explained, root: Path) -> str:
    """What stands at the value's place: its line, or its part of a line that holds more."""
    match = _PLACE.match(item.place or "")
    if not match:
        return ""
    try:
        lines = (root / match[1]).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    number, column = int(match[2]), int(match[3]) - 1
    line = lines[number - 1] if number <= len(lines) else ""
    name = item.key.rpartition(".")[2]
    start = line.rfind(f"{name}:", 0, column + 1)
    if start >= 0 and line[:start].strip("- "):
        line = line[start : _end_of_value(line, column)]
    return " ".join(line.split())


def _end_of_value(line: str, start: int) -> int:
    """Where a plain or quoted value of a flow mapping ends."""
    quote = line[start] if line[start] in "\"'" else ""
    ends = [line.find(quote, start + 1) + 1] if quote else [line.find(mark, start) for mark in ",}]"]
    return min((end for end in ends if end > start), default=len(line))


def _short(text: str) -> str:
    return text if len(text) <= _VALUE else f"{text[: _VALUE - 1]}…"


def _clipped(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
