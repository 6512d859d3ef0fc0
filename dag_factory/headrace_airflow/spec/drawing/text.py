"""A DAG for the terminal: a row for each task, and lines that lead from each to what waits for it.

A line carries the result of one task down to the last task that waits for it. The row before a task joins the lines
that it waits for; a line that this row only crosses stays unbroken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from headrace.errors import shown
from headrace_airflow.spec.drawing.graph import Graph

#: (up, down, left, right) -> the sign that joins these directions.
_SIGNS = {
    (True, True, False, False): "│",
    (True, True, False, True): "├",
    (True, True, True, False): "┤",
    (True, True, True, True): "┼",
    (False, True, True, False): "╮",
    (False, True, False, True): "╭",
    (False, True, True, True): "┬",
    (True, False, True, False): "╯",
    (True, False, False, True): "╰",
    (True, False, True, True): "┴",
    (False, True, False, False): "│",
    (True, False, False, False): "│",
}
_ASCII = str.maketrans("│├┤┼╮╭┬╯╰┴─○…←", "||++..+''+-o~<")
#: Columns that names need beside the lines; where there are fewer, the tasks are listed instead.
_LEAST = 24
_GAP = 3


class _Row(NamedTuple):
    lines: str
    label: str = ""
    notes: str = ""


def as_text(graph: Graph, width: int, *, ascii_only: bool = False) -> str:
    """The drawing, with no line longer than `width` columns as far as names of tasks allow it.

    `ascii_only` for terminals and files that cannot show the lines.
    """
    rows = _rows(graph)
    if max((len(row.lines) for row in rows), default=0) + _LEAST > width:
        rows = _listed(graph)
    lanes = max((len(row.lines) for row in rows), default=0)
    notes_from = max((columns(row.label) for row in rows if row.notes), default=0)
    lines = [_line(row, lanes, notes_from, width) for row in rows]
    text = "\n".join(lines)
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode() if ascii_only else text


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def cut(text: str, width: int) -> str:
    """The text, or as much of it as fits."""
    if columns(text) <= width:
        return text
    kept = text
    while kept and columns(kept) > width - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _line(row: _Row, lanes: int, notes_from: int, width: int) -> str:
    label = row.label
    if row.notes:
        label += " " * (notes_from - columns(label) + _GAP) + row.notes
    return cut(f"{row.lines.ljust(lanes)} {label}".rstrip(), width)


def _rows(graph: Graph) -> list[_Row]:
    upstream = graph.upstream
    waiting = {node.name: 0 for node in graph.nodes}
    for before, _ in graph.edges:
        waiting[before] += 1
    lanes: list[str | None] = []
    rows: list[_Row] = []
    last: tuple[str, ...] = ()
    for node in graph.nodes:
        joined = [index for index, held in enumerate(lanes) if held in upstream[node.name]]
        for before in upstream[node.name]:
            waiting[before] -= 1
        ending = [index for index in joined if not waiting[lanes[index] or ""]]
        own = _own_lane(lanes, joined, ending)
        after = [None if index in ending else held for index, held in enumerate(lanes)]
        after[own : own + 1] = [node.name]
        if rows or node.group:
            rows.append(_Row(_link(lanes, after, joined, own), _bracket(last, node.group)))
        rows.append(_Row(_nodes(after, own), _bars(node.group) + shown(node.label), shown(", ".join(node.notes))))
        lanes, last = [held if held != node.name or waiting[node.name] else None for held in after], node.group
        while lanes and lanes[-1] is None:
            lanes.pop()
    return [*rows, _Row("", _bracket(last, ()))] if last else rows


def _own_lane(lanes: Sequence[str | None], joined: Sequence[int], ending: Sequence[int]) -> int:
    """Where the task goes: on in a line that ends here, else in the first free one beside what it waits for."""
    if ending:
        return ending[0]
    free = [index for index, held in enumerate(lanes) if held is None and index > min(joined, default=-1)]
    return free[0] if free else len(lanes)


def _link(before: Sequence[str | None], after: Sequence[str | None], joined: Sequence[int], own: int) -> str:
    """The row above a task: what is joined goes to its line."""
    ends = {*joined, own} if joined else set()
    low, high = min(ends, default=0), max(ends, default=0)
    signs: list[str] = []
    for index in range(max(len(before), len(after))):
        up = index < len(before) and before[index] is not None
        down = index < len(after) and after[index] is not None and (up or index != own or bool(joined))
        within = low < index <= high
        if index in ends:
            sign = _SIGNS[up, down, within, low <= index < high]
        else:
            sign = "│" if up and down else "─" if within else " "
        signs += ["─" if within else " ", sign]
    return "".join(signs[1:]).rstrip()


def _nodes(lanes: Sequence[str | None], own: int) -> str:
    return " ".join("○" if index == own else "│" if held else " " for index, held in enumerate(lanes))


def _bars(group: Sequence[str]) -> str:
    return "│ " * len(group)


def _bracket(last: Sequence[str], group: Sequence[str]) -> str:
    """Between two tasks: which groups end and which begin."""
    same = 0
    while same < min(len(last), len(group)) and last[same] == group[same]:
        same += 1
    begun = "".join(f"╭ {shown(name)} " for name in group[same:])
    ended = "╰ " * (len(last) - same) if not begun else ""
    return (_bars(group[:same]) + begun + ended).rstrip()


def _listed(graph: Graph) -> list[_Row]:
    """For graphs that are wider than the terminal: each task, and below it those that it waits for."""
    upstream = graph.upstream
    rows = []
    for node in graph.nodes:
        rows.append(_Row("○", shown(node.name), shown(", ".join(node.notes))))
        rows += [_Row("", f"  ← {shown(before)}") for before in upstream[node.name]]
    return rows
