"""What the run did, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headrace.report import wording
from headrace.report.facts import PageFacts


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage; its bar is a part of the longest one."""

    name: str
    status: str
    seconds: str
    part: float


@dataclass(frozen=True, slots=True)
class Work:
    """The section."""

    stages: tuple[StageRow, ...]
    summary: str


def work(facts: PageFacts) -> Work | None:
    """None if no stage is known."""
    if not facts.stages:
        return None
    longest = max(stage.seconds for stage in facts.stages)
    rows = tuple(
        StageRow(
            name=stage.name,
            status=stage.status,
            seconds=wording.seconds(stage.seconds) if stage.status != "skipped" else "",
            part=round(stage.seconds / longest, 4) if longest and stage.status != "skipped" else 0.0,
        )
        for stage in facts.stages
    )
    return Work(rows, " ".join(_summary(facts)))


def _summary(facts: PageFacts) -> Iterator[str]:
    ran = [stage.seconds for stage in facts.stages if stage.status == "ran"]
    reused = [stage.seconds for stage in facts.stages if stage.status == "reused"]
    if ran:
        yield f"{wording.counted(len(ran), 'stage')} ran in {wording.seconds(sum(ran))}."
    if reused:
        yield f"{wording.counted(len(reused), 'stage')} reused, which saved {wording.seconds(sum(reused))}."
