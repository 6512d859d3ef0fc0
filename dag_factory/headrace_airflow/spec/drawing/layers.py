"""Where the nodes of a DAG stand in a picture: columns by what must have ended, rows so that few edges cross.

The method is Sugiyama's: longest paths make the columns, an edge over several columns passes through a place in each,
and each column is put in the order of its neighbours' middle. A group has rows of its own, so that nothing else stands
within its frame; groups whose columns do not meet share them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from headrace_airflow.spec.drawing.graph import Graph

#: Times that the order and the heights are improved, there and back.
_SWEEPS = 6


class Spot(NamedTuple):
    """A place in the picture: column and height, in units of one node."""

    column: int
    height: float


class Layout(NamedTuple):
    """Where everything stands."""

    nodes: Mapping[str, Spot]
    paths: Mapping[tuple[str, str], tuple[Spot, ...]]
    """Edge -> the places that it passes, both ends among them."""
    columns: int
    height: float
    """Of the whole, in nodes."""


@dataclass
class _Cells:
    """Nodes, and the places that long edges pass, while they are being arranged."""

    column: dict[str, int] = field(default_factory=dict)
    group: dict[str, tuple[str, ...]] = field(default_factory=dict)
    before: dict[str, list[str]] = field(default_factory=dict)
    after: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, column: int, group: tuple[str, ...]) -> None:
        self.column[name], self.group[name] = column, group
        self.before[name], self.after[name] = [], []

    def join(self, first: str, second: str) -> None:
        self.after[first].append(second)
        self.before[second].append(first)


def layout(graph: Graph) -> Layout:
    """The places of all nodes and edges; equal graphs give equal layouts."""
    cells, chains = _cells(graph)
    offsets = _offsets(cells)
    heights: dict[str, float] = {}
    base = 0.0
    for row in sorted(set(offsets.values())):
        members = [name for name in cells.column if offsets[cells.group[name]] == row]
        found = _arranged(cells, members)
        heights |= {name: base + height for name, height in found.items()}
        base += max(found.values(), default=0.0) + 1
    spots = {name: Spot(column, heights[name]) for name, column in cells.column.items()}
    paths = {edge: tuple(spots[name] for name in chain) for edge, chain in chains.items()}
    own = {node.name: spots[node.name] for node in graph.nodes}
    return Layout(own, paths, max((spot.column for spot in own.values()), default=-1) + 1, base)


def _cells(graph: Graph) -> tuple[_Cells, Mapping[tuple[str, str], Sequence[str]]]:
    """The nodes in their columns, with a place in each column that an edge passes."""
    cells, upstream = _Cells(), graph.upstream
    for node in graph.nodes:
        column = max((cells.column.get(before, -1) + 1 for before in upstream[node.name]), default=0)
        cells.add(node.name, column, node.group)
    chains = {}
    for edge in graph.edges:
        first, second = edge
        group = cells.group[first] if cells.group[first] == cells.group[second] else ()
        chain = [first]
        for column in range(cells.column[first] + 1, cells.column[second]):
            name = f"{first}\n{second}\n{column}"
            cells.add(name, column, group)
            chain.append(name)
        chain.append(second)
        for one, other in itertools.pairwise(chain):
            cells.join(one, other)
        chains[edge] = chain
    return cells, chains


def _offsets(cells: _Cells) -> Mapping[tuple[str, ...], int]:
    """Group -> its band of rows. Bands of a group and of those within it follow one another."""
    groups = sorted(set(cells.group.values()), key=lambda group: (min(_span(cells, group[:1])) if group else -1, group))
    alone = [name for name, group in cells.group.items() if not group and "\n" not in name]
    bands: dict[tuple[str, ...], int] = {}
    taken: list[set[int]] = []
    for group in groups:
        columns = set(_span(cells, group)) if group else {cells.column[name] for name in alone}
        nested = len(group) > 1 or any(len(other) > 1 and other[:1] == group[:1] for other in groups)
        fits = (index for index, held in enumerate(taken) if not nested and not held & columns)
        index = next(fits, len(taken))
        if index == len(taken):
            taken.append(set())
        taken[index] |= set(range(10_000)) if nested else columns
        bands[group] = index
    return bands


def _span(cells: _Cells, group: tuple[str, ...]) -> range:
    columns = [cells.column[name] for name, held in cells.group.items() if held[: len(group)] == group]
    return range(min(columns), max(columns) + 1)


def _arranged(cells: _Cells, members: Sequence[str]) -> dict[str, float]:
    """Heights of the cells of one band, from 0."""
    columns: dict[int, list[str]] = {}
    for name in members:
        columns.setdefault(cells.column[name], []).append(name)
    heights = {name: float(index) for column in columns.values() for index, name in enumerate(column)}
    inside = set(members)
    for sweep in range(_SWEEPS):
        neighbours = cells.before if sweep % 2 == 0 else cells.after
        for column in sorted(columns, reverse=sweep % 2 == 1):
            wanted = {name: _middle(heights, neighbours[name], inside, heights[name]) for name in columns[column]}
            columns[column].sort(key=lambda name: wanted[name])
            heights |= _spread([wanted[name] for name in columns[column]], columns[column])
    lowest = min(heights.values(), default=0.0)
    return {name: round(height - lowest, 3) for name, height in heights.items()}


def _middle(heights: Mapping[str, float], names: Sequence[str], inside: set[str], own: float) -> float:
    near = [heights[name] for name in names if name in inside]
    return sum(near) / len(near) if near else own


def _spread(wanted: Sequence[float], names: Sequence[str]) -> dict[str, float]:
    """One apart at least, and on the whole where they want to be."""
    placed: list[float] = []
    for height in wanted:
        placed.append(max(height, placed[-1] + 1) if placed else height)
    shift = sum(want - got for want, got in zip(wanted, placed, strict=True)) / max(len(placed), 1)
    return {name: height + shift for name, height in zip(names, placed, strict=True)}
