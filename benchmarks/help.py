"""How long a person waits to be told what there is: `headrace --help` against `dvc --help`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from dvc_command import dvc_command
from pairs import Command, Options, Ratio, headrace, pairs, ratio, run

LIMIT = 0.8


def measure(asked: Options) -> Sequence[Ratio]:
    """One row: the wall time of both."""
    dvc = dvc_command(asked.dvc)

    def theirs(folder: Path) -> Command:
        return Command((dvc, "--help"), folder, {})

    counted = pairs(lambda folder: headrace(["--help"], folder), theirs, asked.pairs)
    return [ratio("headrace --help", "dvc --help", counted, lambda cost: cost.wall, LIMIT)]


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=20))
