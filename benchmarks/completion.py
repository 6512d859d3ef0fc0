"""How long Tab takes: one answer as a whole process, against 150 ms and against Python's own start with argparse."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from pairs import (
    HEADRACE,
    PROJECT,
    BenchmarkError,
    Command,
    Cost,
    Options,
    Ratio,
    cost_of,
    headrace,
    pairs,
    ratio,
    run,
    scratch,
)

#: A person does not notice less.
SECONDS = 0.150
LIMIT = 5.0
LINE = "headrace run flight_delays model.params.ma"


def measure(asked: Options) -> Sequence[Ratio]:
    """Two rows about the dearest kind of answer: keys of a plan, from the cache."""
    with scratch() as home:
        cost_of(headrace(["compile", "flight_delays"], home))

        tab = Command((HEADRACE, "__complete", "bash", "=:", LINE), PROJECT, {"HEADRACE_HOME": str(home)})

        def theirs(folder: Path) -> Command:
            return Command((sys.executable, "-c", "import argparse"), folder, {})

        _check(cost_of(tab))
        counted = pairs(lambda _: tab, theirs, asked.pairs)
    against = ratio("Tab: keys of a plan", "python -c 'import argparse'", counted, lambda cost: cost.wall, LIMIT)
    shares = [cost.wall / SECONDS for cost, _ in counted]
    absolute = replace(
        against,
        against="150 ms",
        theirs=SECONDS,
        ratio=median(shares),
        lowest=min(shares),
        highest=max(shares),
        limit=1.0,
    )
    return [absolute, against]


def _check(answer: Cost) -> None:
    if "model.params.max_depth=" not in answer.output:
        raise BenchmarkError(f"the answer is not the one that was asked for: {answer.output!r}")


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=20))
