"""What a stage adds beyond its own work: its key, its commit and its log, for files of 1 to 100 MB."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from headrace.plan.model import Plan, Stage
from headrace.project import Project
from headrace.run.engine import Event, Execution
from headrace.stages.contract import StageContext, StageResult
from headrace.stages.kind import Draft, StageKind
from pairs import BenchmarkError, Options, Ratio, note, run, scratch

SIZES_MB = (1, 10, 50, 100)
BASE_MS = 20.0
PER_MB_MS = 1.0
_BLOCK = os.urandom(1_000_000)


def write(ctx: StageContext) -> StageResult:
    """The stage: it writes a file like no other, and says how many seconds that took."""
    started = time.perf_counter()
    with (ctx.out / "data").open("wb") as file:
        file.write(ctx.config["name"].encode())
        for _ in range(ctx.config["megabytes"]):
            file.write(_BLOCK)
    return StageResult({"seconds": time.perf_counter() - started})


def _no_drafts(spec: object) -> tuple[Draft, ...]:
    del spec
    return ()


_KINDS = {"write": StageKind("write", "stage_overhead:write", _no_drafts)}


def _plan(megabytes: int, stages: int) -> Plan:
    names = [f"write-{megabytes}-{number}" for number in range(stages)]
    return Plan(
        pipeline=f"write-{megabytes}",
        spec={},
        stages=tuple(
            Stage(name, "write", {"name": name, "megabytes": megabytes}, inputs={}, recipe=name) for name in names
        ),
    )


@dataclass
class _Clock:
    """Hears when stages end: from one end to the next is all that a stage took."""

    last: float | None = None
    added_ms: list[float] = field(default_factory=list)

    def hear(self, event: Event) -> None:
        """Count a stage that has run; the first one pays for the start of the run and is left out."""
        if event.status == "started":
            return
        if event.status != "ran":
            raise BenchmarkError(f"stage {event.stage} {event.status}")
        now = time.perf_counter()
        if self.last is not None:
            self.added_ms.append((now - self.last - event.facts["seconds"]) * 1000)
        self.last = time.perf_counter()


def _added_ms(folder: Path, megabytes: int, stages: int) -> list[float]:
    """Milliseconds that each of so many stages took besides writing."""
    clock = _Clock()
    project = Project(folder, folder / "home")
    Execution(_plan(megabytes, stages + 1), project, listen=clock.hear, kind_of=_KINDS.__getitem__).run()
    return clock.added_ms


def measure(asked: Options) -> Sequence[Ratio]:
    """A row for each size: milliseconds against what is allowed, after a run that is not counted."""
    with scratch() as folder:
        _added_ms(folder, 1, asked.pairs)
    rows = []
    for megabytes in SIZES_MB:
        with scratch() as folder:
            os.sync()
            added = _added_ms(folder, megabytes, asked.pairs)
        note(f"{megabytes} MB: " + ", ".join(f"{value:.1f}" for value in added) + " ms")
        allowed = BASE_MS + PER_MB_MS * megabytes
        ratios = [value / allowed for value in added]
        what = f"a stage that writes {megabytes} MB, beyond that"
        against = f"{BASE_MS:g} ms + {PER_MB_MS:g} ms per MB"
        rows.append(
            Ratio(what, against, median(added), allowed, "ms", median(ratios), min(ratios), max(ratios), limit=1.0)
        )
    return rows


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=10))
