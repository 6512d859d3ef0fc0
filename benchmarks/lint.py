"""Linting 100 pipelines of which none changed, against `dvc status` where nothing changed: whole processes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from dvc_command import dvc_command
from many_pipelines import make_project
from no_change import make_dvc_project
from pairs import (
    HEADRACE,
    BenchmarkError,
    Command,
    Options,
    Ratio,
    cost_of,
    note,
    pairs,
    ratio,
    run,
    scratch,
)

LIMIT = 0.5
COUNT = 100


def measure(asked: Options) -> Sequence[Ratio]:
    """One row: the wall time of both, after each has done its work once."""
    dvc = dvc_command(asked.dvc)
    with scratch() as folder:
        project, other = folder / "headrace", folder / "dvc"
        make_project(project, COUNT)
        note("running both for the first time")
        make_dvc_project(dvc, other)
        ours, theirs = Command((HEADRACE, "lint"), project, {}), Command((dvc, "status"), other, {})
        cost_of(ours)
        _check(ours, theirs)
        counted = pairs(lambda _: ours, lambda _: theirs, asked.pairs)
        _check(ours, theirs)
    what = f"headrace lint, {COUNT} pipelines, nothing changed"
    return [ratio(what, "dvc status, nothing changed, 8 stages", counted, lambda cost: cost.wall, LIMIT)]


def _check(ours: Command, theirs: Command) -> None:
    """BenchmarkError unless both look at everything and find nothing."""
    said, answered = cost_of(ours).output, cost_of(theirs).output
    if f"{COUNT} pipelines: no problems" not in said:
        raise BenchmarkError(f"headrace lint said: {said}")
    if "up to date" not in answered:
        raise BenchmarkError(f"dvc status said: {answered}")


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=15))
