"""10, 100 and 1,000 pipelines: how the time grows for compiling all, for reading all unchanged, and for one edit.

Whole processes. Growth is the time for ten times as many, divided by ten where each has its own work to be done
(compiling: at most linear), and as it is where nothing changed (flat, but for listing and reading).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from many_pipelines import add_pipeline, make_project
from pairs import HEADRACE, BenchmarkError, Command, Options, Ratio, cost_of, note, run, scratch

SIZES = (10, 100, 1000)
#: Seconds for reading 1,000 unchanged pipelines.
READ_LIMIT = 1.0
#: Ten times as many pipelines may take this many times as long, a pipeline: linear, and noise.
LINEAR_LIMIT = 1.2
#: Linting ten times as many unchanged pipelines may take this many times as long.
FLAT_LIMIT = 1.6


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of wall time for a project of one size."""

    compiled: float
    edited: float
    read: float
    linted: float


def measure(asked: Options) -> Sequence[Ratio]:
    """Rows for compiling and linting from each size to the next, and one for reading the largest."""
    times = {size: _times(size, asked.pairs) for size in SIZES}
    rows = [list(_growth(times, small, large)) for small, large in pairwise(SIZES)]
    largest = SIZES[-1]
    read = times[largest].read
    what, against = f"headrace list, {largest} pipelines, nothing changed", "a second"
    absolute = Ratio(what, against, read, READ_LIMIT, "s", read / READ_LIMIT, read, read, 1.0)
    return [row for pair in rows for row in pair] + [absolute]


def _growth(times: dict[int, Times], small: int, large: int) -> Iterator[Ratio]:
    few, many = times[small], times[large]
    factor = large // small
    ours, theirs = many.compiled / factor, few.compiled
    yield _row(f"compiling {large} pipelines, over {factor}", f"compiling {small}", ours, theirs, LINEAR_LIMIT)
    yield _row(f"compiling 1 changed of {large}", f"1 changed of {small}", many.edited, few.edited, FLAT_LIMIT)
    yield _row(f"linting {large} unchanged", f"linting {small} unchanged", many.linted, few.linted, FLAT_LIMIT)


def _row(what: str, against: str, ours: float, theirs: float, limit: float) -> Ratio:
    value = ours / theirs
    return Ratio(what, against, ours, theirs, "s", value, value, value, limit)


def _times(size: int, count: int) -> Times:
    with scratch() as folder:
        make_project(folder, size)
        compiled = _wall(folder, "compile")
        edits = []
        for number in range(count):
            _edit(folder, size, number)
            edits.append(_wall(folder, "compile"))
        reads = [_wall(folder, "list") for _ in range(count)]
        _wall(folder, "lint")
        lints = [_wall(folder, "lint") for _ in range(count)]
    found = Times(compiled, median(edits), median(reads), median(lints))
    note(f"{size} pipelines: {found}")
    return found


def _edit(folder: Path, size: int, number: int) -> None:
    """Change one pipeline's file, so that it and nothing else has to be compiled again."""
    path = folder / "conf" / "pipeline" / f"{add_pipeline(folder, number % size)}.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}# edited\n", encoding="utf-8")


def _wall(folder: Path, verb: str) -> float:
    cost = cost_of(Command((HEADRACE, verb), folder, {}))
    if "problem" in cost.output.replace("no problems", ""):
        raise BenchmarkError(f"headrace {verb} said: {cost.output[-1000:]}")
    return cost.wall


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=5))
