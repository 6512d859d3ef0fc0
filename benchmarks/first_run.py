"""The first `headrace run flight_delays`, from an empty store, against the same work as one bare script."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pairs import (
    PROJECT,
    BenchmarkError,
    Command,
    Options,
    Ratio,
    cost_of,
    headrace,
    note,
    pairs,
    peak_ratio,
    ratio,
    run,
    scratch,
)

WALL_LIMIT = 1.05
PEAK_LIMIT = 1.2
#: What two fits of the same rows may differ by: threads add up in another order.
NOISE = 0.005


def measure(asked: Options) -> Sequence[Ratio]:
    """Two rows: wall time from start to exit, and the memory of the largest process."""
    _check_same_work()
    counted = pairs(_ours, _bare, asked.pairs)
    what, against = "the first headrace run flight_delays", "the bare script"
    return [
        ratio(what, against, counted, lambda cost: cost.wall, WALL_LIMIT),
        peak_ratio(f"{what}, peak memory", against, counted, PEAK_LIMIT),
    ]


def _ours(folder: Path) -> Command:
    return headrace(["run", "flight_delays"], folder / "home")


def _bare(folder: Path) -> Command:
    return Command((sys.executable, str(PROJECT / "benchmarks" / "bare_flights.py")), folder, {})


def _check_same_work() -> None:
    """BenchmarkError unless both end with the same metrics on the test part, the naive ones too."""
    with scratch() as folder:
        ours = json.loads(cost_of(headrace(["run", "flight_delays", "--json"], folder / "home")).output)["metrics"]
    with scratch() as folder:
        bare = json.loads(cost_of(_bare(folder)).output)["metrics"]
    for part in ("test", "baseline"):
        for name, value in bare[part].items():
            note(f"{part} {name}: {ours[part][name]:.4f} | {value:.4f}")
            if abs(ours[part][name] - value) > NOISE:
                raise BenchmarkError(f"{part} {name} is {ours[part][name]} against {value}: not the same work")


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=7))
