"""Two commands side by side: run in alternating pairs, compared pair by pair, held against a limit."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

PROJECT = Path(__file__).resolve().parents[1]
#: Where benchmarks keep what they install and, while they run, what they write: the project's own disk.
STATE = PROJECT / ".headrace" / "benchmarks"
HEADRACE = str(Path(sys.executable).with_name("headrace"))


class BenchmarkError(Exception):
    """A command failed, or did other work than it was measured for."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, the folder that it starts in, and what it finds in the environment besides ours."""

    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took, from its start to its exit, with every process that it waited for."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time."""
    peak: int
    """Resident bytes of the largest process."""
    output: str
    """What it wrote to stdout."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A row of the table: what was measured against what, and how much it may be."""

    what: str
    against: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    lowest: float
    highest: float
    limit: float

    @property
    def passes(self) -> bool:
        """Whether the ratio is within its limit."""
        return self.ratio <= self.limit


#: Makes the command of one run, given a new and empty folder that is removed afterwards.
Maker = Callable[[Path], Command]
Pair = tuple[Cost, Cost]


def pairs(ours: Maker, theirs: Maker, count: int) -> tuple[Pair, ...]:
    """The costs of `count` runs of both, A B A B …, after one of each that warms the disk and is not counted."""
    counted: list[Pair] = []
    for number in range(count + 1):
        pair = (_run_once(ours), _run_once(theirs))
        note(f"{'warm-up' if number == 0 else f'pair {number}'}: {_shown(pair[0])} | {_shown(pair[1])}")
        if number:
            counted.append(pair)
    return tuple(counted)


def ratio(what: str, against: str, counted: Sequence[Pair], measure: Callable[[Cost], float], limit: float) -> Ratio:
    """The median of the pairs' ratios of one measure in seconds, with the smallest and the largest."""
    return _compared(what, against, [(measure(a), measure(b)) for a, b in counted], "s", limit)


def peak_ratio(what: str, against: str, counted: Sequence[Pair], limit: float) -> Ratio:
    """As `ratio`, of the largest process's memory, shown in MB."""
    return _compared(what, against, [(a.peak / 1e6, b.peak / 1e6) for a, b in counted], "MB", limit)


def _compared(what: str, against: str, values: Sequence[tuple[float, float]], unit: str, limit: float) -> Ratio:
    ratios = [a / b for a, b in values]
    ours, theirs = (median(side) for side in zip(*values, strict=True))
    return Ratio(what, against, ours, theirs, unit, median(ratios), min(ratios), max(ratios), limit)


def _run_once(maker: Maker) -> Cost:
    with scratch() as folder:
        command = maker(folder)
        os.sync()  # or this run would wait for what the last one wrote
        return cost_of(command)


def cost_of(command: Command) -> Cost:
    """Run a command in a process of its own and measure it. BenchmarkError, with what it said, if it fails."""
    with TemporaryFile() as output, TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command.words,
            cwd=command.folder,
            env=_environment(command.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here, not by Popen
        said, complained = _text(output), _text(errors)
    if process.returncode:
        words = " ".join(command.words)
        raise BenchmarkError(f"{words} exited with {process.returncode}:\n{said[-1000:]}\n{complained[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, said)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours, without what would send a run elsewhere, make it print or report more, or keep its byte code away."""
    private = ("HEADRACE_", "MLFLOW_", "DVC_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(private)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true", "DVC_NO_ANALYTICS": "1", **more}


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder on the project's disk, removed at the end."""
    STATE.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="run-", dir=STATE, ignore_cleanup_errors=True) as name:
        yield Path(name)


def headrace(words: Sequence[str], home: Path) -> Command:
    """A headrace command on this project, with its state in `home`."""
    return Command((HEADRACE, *words), PROJECT, {"HEADRACE_HOME": str(home)})


def _compile_project() -> None:
    """Byte code for this project's own packages; whoever installed the others compiled theirs."""
    for source in ("pipeline", "dag_factory"):
        compileall.compile_dir(PROJECT / source, quiet=1)


def note(text: str) -> None:
    """Progress, apart from the result."""
    print(text, file=sys.stderr, flush=True)


def _shown(cost: Cost) -> str:
    return f"{cost.wall:.3f} s, cpu {cost.cpu:.3f} s, {cost.peak / 1e6:.0f} MB"


@dataclass(frozen=True, slots=True)
class Options:
    """What a benchmark was asked for."""

    pairs: int
    """How many to measure; 0 where nobody said."""
    dvc: str | None
    as_json: bool


def run(description: str, measure: Callable[[Options], Sequence[Ratio]], *, count: int | None) -> int:
    """Read the command line, measure, print the rows; `count` is the number of pairs unless the command says one.

    The exit code is 1 if a row misses its limit, and 2 if it could not be measured.
    """
    asked = _options(description, count)
    _compile_project()
    try:
        rows = measure(asked)
    except BenchmarkError as error:
        note(f"error: {error}")
        return 2
    print(json.dumps([asdict(row) for row in rows]) if asked.as_json else table(rows))
    return 0 if all(row.passes for row in rows) else 1


def _options(description: str, count: int | None) -> Options:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--pairs", type=int, default=count, metavar="N", help=f"pairs to measure (default: {count or 'each its own'})"
    )
    parser.add_argument(
        "--dvc",
        default=os.environ.get("DVC"),
        metavar="FILE",
        help="the dvc command (default: $DVC, else one is installed under .headrace/benchmarks)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    read = parser.parse_args()
    if read.pairs is not None and read.pairs < 1:
        parser.error("--pairs must be at least 1")
    return Options(read.pairs or 0, read.dvc, read.json)


def table(rows: Sequence[Ratio]) -> str:
    """The rows as aligned text."""
    head = ("what", "ours", "against", "theirs", "ratio", "min to max", "limit", "")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)
    return "\n".join(line.rstrip() for line in lines)


def _cells(row: Ratio) -> tuple[str, ...]:
    return (
        row.what,
        f"{row.ours:.4g} {row.unit}",
        row.against,
        f"{row.theirs:.4g} {row.unit}",
        f"{row.ratio:.3f}",
        f"{row.lowest:.3f} to {row.highest:.3f}",
        f"≤ {row.limit:g}",
        "PASS" if row.passes else "MISS",
    )
