"""The rows of a table that a pipeline is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from headrace.config.nearest import suggestion
from headrace.errors import DataError

_SHOWN = 8


def rows_where(frame: pl.DataFrame, where: Mapping[str, Any]) -> pl.DataFrame:
    """The rows in which every column equals its value, or one of several; null means: has no value.

    Nothing is converted but text for a column of dates. DataError for a column that is not there, a value of another
    type than the column's, and when no row is left.
    """
    for column, wanted in where.items():
        frame = _kept(frame, column, wanted)
    return frame


def _kept(frame: pl.DataFrame, column: str, wanted: Any) -> pl.DataFrame:
    key = f"dataset.where.{column}"
    if column not in frame.columns:
        raise DataError(f"the table has no column {column}", remedy=suggestion(column, frame.columns), key=key)
    series = frame[column]
    values = [_as_column(series, value, key) for value in (wanted if isinstance(wanted, list | tuple) else [wanted])]
    present = [value for value in values if value is not None]
    mask = series.is_in(pl.Series(column, present, dtype=series.dtype).implode()).fill_null(value=False)
    if None in values:
        mask = mask | series.is_null()
    kept = frame.filter(mask)
    if not kept.height:
        there = series.unique().sort().head(_SHOWN).to_list()
        more = ", …" if series.n_unique() > _SHOWN else ""
        raise DataError(
            f"no row has {column} = {wanted}",
            remedy=f"its values are {', '.join(map(str, there))}{more}",
            key=key,
        )
    return kept


def _as_column(series: pl.Series, value: Any, key: str) -> Any:
    """The value as one of the column's type."""
    if value is None or _fits(series.dtype, value):
        return value
    if isinstance(value, str) and series.dtype.is_temporal():
        try:
            moment = datetime.fromisoformat(value)
            return moment.date() if series.dtype == pl.Date else moment
        except ValueError:
            pass
    raise DataError(
        f"{series.name} is {series.dtype}, and {value!r} is no such value",
        remedy="write the value as the column has it: text in quotes, numbers and true or false without",
        key=key,
    )


def _fits(kind: pl.DataType, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == pl.Boolean
    if isinstance(value, int):
        return kind.is_numeric()
    if isinstance(value, float):
        return kind.is_float() or kind.is_decimal()
    if isinstance(value, date):
        return kind.is_temporal()
    return kind == pl.String
