"""The words that text and Markdown share."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from headrace.change.document import (
    Change,
    Cost,
    FeatureChange,
    PipelineChange,
    ScheduleChange,
    SourceRead,
    SqlChange,
    StageChange,
    ValueChange,
)
from headrace.counted import counted
from headrace.errors import Place

Told = TypeVar("Told", bound=Hashable)
_MOST_NAMES = 6
_STATES = {
    "added": "is new",
    "removed": "is removed",
    "mended": "compiles again",
    "breaks": "does not compile any more",
    "broken": "does not compile, as before",
}


def names(pipelines: Sequence[str]) -> str:
    """Names of pipelines, or how many they are."""
    if len(pipelines) <= _MOST_NAMES:
        return ", ".join(pipelines)
    return f"{len(pipelines)} pipelines ({', '.join(pipelines[:3])}, …)"


def alike(told: Iterable[tuple[str, Told]]) -> Iterator[tuple[tuple[str, ...], Told]]:
    """What several pipelines have in common, once, with their names: of a hundred, most change in the same way."""
    groups: dict[Told, list[str]] = {}
    for name, text in told:
        groups.setdefault(text, []).append(name)
    yield from ((tuple(members), text) for text, members in groups.items())


def title(change: Change) -> str:
    """What was compared, and how much of it changes."""
    total = change.unchanged + len(change.pipelines)
    day = change.when[:10]
    name = change.against if change.against == change.commit else f"{change.against} ({change.commit[:10]}, {day})"
    if not change.has_effect:
        return (
            f"compared with {name}: nothing changes in what {counted(total, 'pipeline')} do{'es' if total == 1 else ''}"
        )
    changing = (
        f"{len(change.pipelines)} of {counted(total, 'pipeline')} change{'s' if len(change.pipelines) == 1 else ''}"
    )
    return f"compared with {name}: {changing}"


def headline(pipeline: PipelineChange) -> str:
    """One pipeline in one line: what happens to it, and what that costs."""
    words = list(_headwords(pipeline))
    if pipeline.cost is not None:
        words.append(cost_text(pipeline.cost))
    return "; ".join(words)


def _headwords(pipeline: PipelineChange) -> Iterator[str]:
    if pipeline.renamed_from:
        yield f"was {pipeline.renamed_from}"
    if pipeline.state in _STATES:
        yield _STATES[pipeline.state]
    if pipeline.state in ("added", "removed", "breaks", "broken"):
        return
    if any(stage.name == "ingest" and stage.fate == "runs" for stage in pipeline.stages):
        yield "reads data again"
    if pipeline.sql is not None:
        yield "its SQL is laid out otherwise" if pipeline.sql.is_layout else "its SQL changes"
    if pipeline.retrains:
        yield "retrains"
    if pipeline.redecides:
        yield "decides its gates again without training"
    yield from _operation(pipeline)
    ran = [stage.name for stage in pipeline.stages if stage.fate in ("runs", "decides again")]
    if not ran and not pipeline.schedule:
        yield "no stage runs again"


def _operation(pipeline: PipelineChange) -> Iterator[str]:
    fates = [gate.fate for gate in pipeline.gates]
    yield from (f"{counted(fates.count(fate), 'gate')} {fate}" for fate in dict.fromkeys(fates))
    if pipeline.features:
        yield "features change"
    if pipeline.schedule is not None:
        words = {"rescheduled": "rescheduled", "by hand": "runs by hand"}
        yield words.get(pipeline.schedule.fate, "its DAG is a new one")


def cost_text(cost: Cost) -> str:
    """`about 9 s (7 to 12 s, 5 runs)`, or what is not known."""
    if cost.seconds is None or cost.low is None or cost.high is None:
        return "cost unknown"
    span = f"{_seconds(cost.low)} to {_seconds(cost.high)}, " if cost.high - cost.low >= 0.05 else ""
    least = f", without {', '.join(cost.unknown)}: not measured yet" if cost.unknown else ""
    return f"about {_seconds(cost.seconds)} ({span}{counted(cost.runs, 'run')}{least})"


def _seconds(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def places(value: ValueChange) -> str:
    """Both places of a value, once if they are one."""
    before, after = place(value.before_place), place(value.after_place)
    if value.before is None or value.after is None or before == after:
        return (after if value.after is not None else before) or "default"
    return f"{before or 'default'} → {after or 'default'}"


def place(where: Place | None) -> str:
    """`file:line:column`; empty for a default."""
    return str(where) if where else ""


def stage_lines(stages: Sequence[StageChange]) -> Iterator[tuple[str, str]]:
    """(what happens, to which stages and why), in the order in which it matters."""
    for fate, label in (("runs", "runs"), ("decides again", "decides again, without training")):
        for stage in stages:
            if stage.fate == fate:
                yield label, f"{stage.name}: {'; '.join(stage.why)}" if stage.why else stage.name
    for fate, label in (
        ("may run", "runs, unless its input comes out equal"),
        ("reused", "reused"),
        ("removed", "gone"),
    ):
        names = [stage.name for stage in stages if stage.fate == fate]
        if names:
            yield label, ", ".join(names)


def source_text(source: SourceRead) -> str:
    """A source, what becomes of it, and how large it is."""
    if source.fate == "removed":
        return f"{source.name}: no longer read ({source.path})"
    size = "" if source.size is None else f", {size_text(source.size)}"
    files = "" if source.files in (None, 1) else f", {counted(source.files or 0, 'file')}"
    note = f", {source.note}" if source.note else ""
    return f"{source.name}: {source.fate}, {source.path}{files}{size}{note}"


def size_text(size: int) -> str:
    """Bytes as people write them."""
    if size < 1_000:
        return f"{size} bytes"
    value, unit = (size / 1e3, "kB") if size < 1e6 else (size / 1e6, "MB") if size < 1e9 else (size / 1e9, "GB")
    return f"{value:.3g} {unit}"


def sql_lines(sql: SqlChange) -> Iterator[str]:
    """What the SQL computes otherwise."""
    if sql.is_layout:
        yield "only its layout or comments changed: transform runs, and its table comes out the same"
    if sql.unknown:
        yield sql.unknown
    for label, names in (
        ("columns added", sql.added),
        ("columns removed", sql.removed),
        ("computed otherwise", sql.changed),
    ):
        if names:
            yield f"{label}: {', '.join(names)}"
    if sql.rows:
        yield f"changed: {', '.join(sql.rows)}"


def schedule_lines(schedule: ScheduleChange) -> Iterator[str]:
    """Before and after in words, the next runs, and what else follows."""
    if schedule.fate in ("added", "removed"):
        yield f"DAG {schedule.fate}: {schedule.after or schedule.before}"
    elif schedule.before == schedule.after:
        yield schedule.after
    else:
        yield f"{schedule.before} → {schedule.after}"
    before = () if schedule.before == schedule.after else schedule.next_before
    for label, moments in (("next runs before", before), ("next runs after", schedule.next_after)):
        if moments:
            yield f"{label}: " + ", ".join(f"{moment.local} ({moment.utc[11:16]} UTC)" for moment in moments)
    if schedule.backfill is not None:
        more = "more than " if schedule.backfill_is_more else ""
        yield f"catchup starts {more}{counted(schedule.backfill, 'run')} for days that are past"
    yield from schedule.notes


def feature_lines(features: Sequence[FeatureChange]) -> Iterator[str]:
    """Columns by what becomes of them."""
    for fate in ("added", "dropped"):
        names = [feature.column for feature in features if feature.fate == fate]
        if names:
            yield f"{fate}: {', '.join(names)}"
    for feature in features:
        if feature.fate in ("moved", "type"):
            yield f"{feature.column}: {'type ' if feature.fate == 'type' else ''}{feature.detail}"
        elif feature.fate == "order":
            yield feature.detail
