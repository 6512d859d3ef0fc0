"""How rows should be dealt out to train and test, best first: by time, by group, within each label, at random."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from headrace.config.schema.modelling import GroupedSplit, RandomSplit, Split, StratifiedSplit, TimeSplit
from headrace.scaffold.decide.columns import ColumnChoice
from headrace.scaffold.decide.target import TargetChoice

if TYPE_CHECKING:
    import polars as pl

#: Boosting watches a validation part from here on; with fewer rows it costs more than it gives.
ROWS_FOR_VALIDATION = 10_000
_VALIDATION = 0.1
_TIME_NAME = re.compile(
    r"^(?:date|dates|datetime|date_?time|timestamp|time|day|ds|dt|dteday|ts|month|week|period)$"
    r"|sale|sold|order|transaction|event|created|record|observ|purchase|invoice|pickup|visit|booking|time_hour",
    re.IGNORECASE,
)
_FEWEST_MOMENTS = 10
_NEWEST = 0.2


@dataclass(frozen=True, slots=True)
class SplitChoice:
    """One way of splitting, and why."""

    split: Split
    why: str
    has_validation: bool = False


def split_choices(
    frame: pl.DataFrame, columns: Sequence[ColumnChoice], target: TargetChoice, rows: int
) -> Iterator[SplitChoice]:
    """What to try, in this order, until every part has what it needs."""
    validation = _VALIDATION if rows >= ROWS_FOR_VALIDATION else None
    for column in columns:
        if column.role == "time":
            yield from _by_time(frame, column.name, watches=validation is not None)
    for column in columns:
        if column.role == "group":
            split = GroupedSplit(method="grouped", column=column.name, test=_share(rows), validation=validation)
            why = f"rows repeat {column.name}: all rows of one are in the same part, so that the test shows new ones"
            yield SplitChoice(split, why, validation is not None)
    if target.labels is not None:
        for share in (_share(rows), 0.25, 0.3, 0.35, 0.4):
            stratified = StratifiedSplit(method="stratified", test=share, validation=validation)
            yield SplitChoice(
                stratified, "each label is dealt out by itself, so that every part has it", bool(validation)
            )
    else:
        for share in (_share(rows), 0.3, 0.35):
            random = RandomSplit(method="random", test=share, validation=validation)
            yield SplitChoice(random, "nothing orders or groups the rows", bool(validation))


def _share(rows: int) -> float:
    """Small tables need a larger share for a test that says something."""
    return 0.2 if rows >= 1_000 else 0.25


def _by_time(frame: pl.DataFrame, column: str, *, watches: bool) -> Iterator[SplitChoice]:
    values = frame[column]
    if values.null_count() or values.n_unique() < _FEWEST_MOMENTS:
        return
    is_sorted = values.is_sorted() or values.is_sorted(descending=True)
    if not is_sorted and not _TIME_NAME.search(column):
        return
    ordered = values.sort()
    end, start = ordered[-1], ordered[int(len(ordered) * (1 - _NEWEST))]
    test = _duration(_moment(end) - _moment(start))
    validation = None
    if watches:
        before = ordered[int(len(ordered) * (1 - _NEWEST - _VALIDATION))]
        validation = _duration(_moment(start) - _moment(before))
    split = TimeSplit(method="time", column=column, test=test, validation=validation)
    why = f"{column} orders the rows: the newest fifth, about, is the test, as the future will be"
    yield SplitChoice(split, why, watches)


def _moment(value: date) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - only differences count


def _duration(length: timedelta) -> str:
    """In the largest unit that says it well, rounded up."""
    seconds = max(length.total_seconds(), 1.0)
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{math.ceil(seconds / size)}{unit}"
    return f"{math.ceil(seconds)}s"
