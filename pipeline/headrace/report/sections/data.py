"""Where the rows came from, and how they were dealt out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from headrace.clock import parse_moment
from headrace.report import wording
from headrace.report.facts import PageFacts, SourceFacts, SplitFacts

_PARTS = ("train", "validation", "test")
_MOST_DIGESTS = 3


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source."""

    name: str
    path: str
    rows: str
    columns: str
    newest: str
    files: str
    digests: tuple[tuple[str, str], ...]
    """Short and whole."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the split, and its place on the line in percent."""

    name: str
    rows: str
    share: str
    period: str
    width: float


@dataclass(frozen=True, slots=True)
class Data:
    """The section."""

    sources: tuple[SourceRow, ...]
    table: str | None
    method: str
    parts: tuple[Part, ...]
    by_time: bool
    """Whether the line is time; else its parts are as long as their share of rows."""


def data(facts: PageFacts) -> Data | None:
    """None if nothing is known of sources and split."""
    if not facts.sources and facts.split is None:
        return None
    ends = _latest(facts)
    parts, by_time = _parts(facts.split, ends) if facts.split else ((), False)
    table = None
    if facts.table is not None and facts.table.rows is not None:
        columns = wording.counted(facts.table.columns or 0, "column")
        table = f"{wording.counted(facts.table.rows, 'row')} and {columns}"
    return Data(
        sources=tuple(_source(name, source, facts) for name, source in facts.sources.items()),
        table=table,
        method=_method(facts),
        parts=parts,
        by_time=by_time,
    )


def _source(name: str, source: SourceFacts, facts: PageFacts) -> SourceRow:
    sizes = [file.size for file in source.files if file.size is not None]
    timed = facts.configured("dataset", "sources", name, "time_column")
    missing = "unknown" if timed else "no time column"
    return SourceRow(
        name=name,
        path=wording.without_password(str(facts.configured("dataset", "sources", name, "path") or "")),
        rows=wording.count(source.rows),
        columns=wording.count(source.columns),
        newest=wording.written_moment(source.newest) if source.newest else missing,
        files=f"{wording.counted(len(source.files), 'file')}, {wording.size(sum(sizes))}" if source.files else "",
        digests=tuple((wording.short(file.digest), file.digest) for file in source.files[:_MOST_DIGESTS]),
    )


def _method(facts: PageFacts) -> str:
    if facts.split is None:
        return ""
    column = facts.configured("split", "column")
    named = {
        "time": f"by time: the newest rows{f' by {column}' if column else ''} are the test",
        "random": "at random, by a hash of each row's id",
        "stratified": f"at random within each value of {column or 'the target'}",
        "grouped": f"at random, rows of the same {column or 'group'} together",
    }
    return named.get(facts.split.method, facts.split.method)


def _latest(facts: PageFacts) -> datetime | None:
    """Where the newest part ends: the run's clock, or else the newest row."""
    if facts.as_of is not None:
        return facts.as_of
    newest = [_moment(source.newest) for source in facts.sources.values()]
    return max((moment for moment in newest if moment is not None), default=None)


def _moment(text: str | None) -> datetime | None:
    try:
        return parse_moment(text) if text else None
    except (ValueError, OverflowError):
        return None


def _parts(split: SplitFacts, latest: datetime | None) -> tuple[tuple[Part, ...], bool]:
    names = sorted(split.rows, key=lambda name: _PARTS.index(name) if name in _PARTS else len(_PARTS))
    total = sum(split.rows.values())
    starts = [_moment(split.starts.get(name)) for name in names]
    ends = [*starts[1:], _moment(split.ends.get(names[-1])) or latest] if names else []
    line = [*starts, *ends[-1:]]
    moments = [moment for moment in line if moment is not None]
    by_time = len(moments) == len(line) > 1 and all(left < right for left, right in pairwise(moments))
    widths = list(_widths(moments)) if by_time else [split.rows[name] / total if total else 0.0 for name in names]
    made = zip(names, widths, starts, ends, strict=True)
    parts = tuple(
        Part(
            name=name,
            rows=wording.count(split.rows[name]),
            share=wording.share(split.rows[name] / total) if total else wording.ABSENT,
            period=_period(start, end),
            width=round(100 * width, 2),
        )
        for name, width, start, end in made
    )
    return parts, by_time


def _widths(moments: list[datetime]) -> Iterator[float]:
    whole = (moments[-1] - moments[0]).total_seconds()
    return ((right - left).total_seconds() / whole for left, right in pairwise(moments))


def _period(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return f"to {_last(end)}" if end is not None else ""
    if end is None:
        return f"from {wording.day(start)}"
    return f"{wording.day(start)} to {_last(end)}" if start < end else wording.day(start)


def _last(end: datetime) -> str:
    """The last moment before an end: at midnight, that is the day before."""
    if end == end.replace(hour=0, minute=0, second=0, microsecond=0):
        return wording.day(end - timedelta(days=1))
    return wording.moment(end)
