"""split: deals the rows of the table out to train, validation and test. Every row goes somewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from pydantic import Field

from headrace.clock import parse_duration
from headrace.config.nearest import suggestion
from headrace.config.schema.holes import Condition
from headrace.config.schema.modelling import GroupedSplit, RandomSplit, Split, StratifiedSplit, TimeSplit
from headrace.config.schema.strict import Names, Part
from headrace.data.membership import PARTS, dealt, identities
from headrace.data.tables import read_table, write_frame
from headrace.data.time_column import ALWAYS
from headrace.data.where import rows_where
from headrace.data.windows import Windows, count_from, in_windows, moments_of, windows_of
from headrace.errors import DataError
from headrace.stages.contract import Log, StageContext, StageResult

_SHOWN = 10


class SplitConfig(Part):
    """The slice of split."""

    split: Split
    row_id: Names | None = None
    target: str | None = None
    where: dict[str, Condition] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Request:
    """The table, and what decides how it is dealt out."""

    frame: pl.DataFrame
    config: SplitConfig
    as_of: datetime | None
    log: Log

    def column(self, name: str, key: str) -> pl.Series:
        """A column without missing values; DataError otherwise."""
        if name not in self.frame.columns:
            raise DataError(f"the table has no column {name}", remedy=suggestion(name, self.frame.columns), key=key)
        missing = self.frame[name].null_count()
        if missing:
            raise DataError(
                f"{name} is missing in {missing} of {self.frame.height} rows",
                remedy=f"leave such rows out in the SQL (WHERE {name} IS NOT NULL), or fill them",
                key=key,
            )
        return self.frame[name]


@dataclass(frozen=True, slots=True)
class _Dealt:
    """The part of each row, and for how long that stands."""

    parts: pl.Series
    holds_after: datetime | None = ALWAYS
    by: pl.Series | None = None
    """The column whose first and last values say where each part lies."""
    windows: Windows | None = None


def run(ctx: StageContext) -> StageResult:
    """Write `train.parquet`, `test.parquet` and, where declared, `validation.parquet`; DataError for an empty part."""
    config = SplitConfig.model_validate(dict(ctx.config))
    frame = rows_where(read_table(ctx.inputs["table"]), config.where)
    request = _Request(frame, config, ctx.as_of, ctx.log)
    if config.target is not None:
        request.column(config.target, "target.column")
    result = METHODS[type(config.split)](request)
    names = [name for name in PARTS if name != "validation" or config.split.validation is not None]
    rows = {name: int((result.parts == name).sum()) for name in names}
    _check_none_empty(rows, result)
    for name in names:
        write_frame(ctx.out / f"{name}.parquet", request.frame.filter(result.parts == name))
    facts: dict[str, Any] = {"method": config.split.method, "rows": rows}
    if result.by is not None:
        spans = {name: result.by.filter(result.parts == name) for name in names}
        facts["from"] = {name: _iso(span.min()) for name, span in spans.items()}
        facts["to"] = {name: _iso(span.max()) for name, span in spans.items()}
    return StageResult(facts, holds_after=result.holds_after)


def _by_time(request: _Request) -> _Dealt:
    split = request.config.split
    assert isinstance(split, TimeSplit)
    values = request.column(split.column, "split.column")
    moments = moments_of(values, "split.column")
    validation = None if split.validation is None else parse_duration(split.validation)
    windows = windows_of(values, moments, parse_duration(split.test), validation, request.as_of)
    if late := count_from(moments, windows.end):
        request.log.warning("rows from after as_of are in the test part", rows=late, as_of=windows.end.isoformat())
    return _Dealt(in_windows(moments, windows), windows.holds_after, values, windows)


def _at_random(request: _Request) -> _Dealt:
    split = request.config.split
    assert isinstance(split, RandomSplit)
    return _Dealt(dealt(_row_identities(request), split.test, split.validation))


def _stratified(request: _Request) -> _Dealt:
    split = request.config.split
    assert isinstance(split, StratifiedSplit)
    key, name = ("split.column", split.column) if split.column is not None else ("target.column", request.config.target)
    if name is None:
        raise DataError("a stratified split needs a column", remedy="write split: {column: …}", key="split.column")
    strata = request.column(name, key)
    salted = identities(pl.DataFrame([strata.alias("stratum"), _row_identities(request)]), ["stratum", "identity"])
    parts = dealt(salted, split.test, split.validation)
    _check_strata(strata, parts, ("train", "test") if split.validation is None else PARTS)
    return _Dealt(parts)


def _grouped(request: _Request) -> _Dealt:
    split = request.config.split
    assert isinstance(split, GroupedSplit)
    request.column(split.column, "split.column")
    return _Dealt(dealt(_identities(request.frame, (split.column,), "split.column"), split.test, split.validation))


#: How each method of the schema deals rows out.
METHODS: Mapping[type[Part], Callable[[_Request], _Dealt]] = {
    TimeSplit: _by_time,
    RandomSplit: _at_random,
    StratifiedSplit: _stratified,
    GroupedSplit: _grouped,
}


def _row_identities(request: _Request) -> pl.Series:
    """What names each row for good: the declared id, else all of its values."""
    row_id = request.config.row_id
    if row_id is None:
        return _identities(request.frame, tuple(request.frame.columns), "dataset.row_id")
    for name in row_id:
        request.column(name, "dataset.row_id")
    return _identities(request.frame, row_id, "dataset.row_id")


def _identities(frame: pl.DataFrame, columns: tuple[str, ...], key: str) -> pl.Series:
    try:
        return identities(frame, columns)
    except TypeError as error:
        raise DataError(
            f"{error}, which does not name a row", remedy="declare dataset.row_id: plain columns", key=key
        ) from error


def _check_strata(strata: pl.Series, parts: pl.Series, names: tuple[str, ...]) -> None:
    counts = pl.DataFrame({"stratum": strata, "part": parts}).group_by("stratum").agg(pl.len(), pl.col("part").unique())
    short = counts.filter(pl.col("part").list.len() < len(names)).sort("stratum")
    if not short.height:
        return
    shown = [
        f"{stratum} ({rows} row{'s' * (rows != 1)}) has none for {', '.join(n for n in names if n not in reached)}"
        for stratum, rows, reached in short.head(_SHOWN).rows()
    ]
    more = f"; and {short.height - _SHOWN} more" if short.height > _SHOWN else ""
    raise DataError(
        f"{strata.name} has values that do not reach every part: {'; '.join(shown)}{more}",
        remedy="join rare values in the SQL, widen the parts, or split at random",
        key="split",
    )


def _check_none_empty(rows: Mapping[str, int], result: _Dealt) -> None:
    empty = [name for name, count in rows.items() if not count]
    if not empty:
        return
    message = f"the {' and '.join(empty)} part would be empty: {', '.join(f'{n} {count}' for n, count in rows.items())}"
    if result.windows is not None and result.by is not None:
        starts = {"validation": result.windows.validation, "test": result.windows.test, "end": result.windows.end}
        shown = ", ".join(f"{name} {start.isoformat()}" for name, start in starts.items() if start is not None)
        span = f"{_iso(result.by.min())} to {_iso(result.by.max())}"
        message += f". The windows start at {shown}; {result.by.name} reaches from {span}"
    remedy = "widen or shorten the windows under split" if result.windows else "change the shares under split"
    raise DataError(message, remedy=f"{remedy}, or get more rows", key="split")


def _iso(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) else None
