"""Deals rows out by hashes of what they are: a row's part depends on that row alone, on no version and no platform."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

#: Between the values of a row, and in place of a missing one.
_BETWEEN, _MISSING = "\x1f", "\x00"
#: The parts in the order in which a hash is held against them: a larger test part never takes rows from train alone.
PARTS = ("train", "validation", "test")


def dealt(identities: pl.Series, test: float, validation: float | None) -> pl.Series:
    """The part of each row, from a text that identifies it: equal texts are in one part.

    The md5 of the text, read as a fraction of its range, is below `test`, below `test + validation`, or not. Rows
    that come or go move no other row, since nothing is ranked or counted.
    """
    hashes = _md5(identities)
    below_test = hashes < _border(test)
    below_validation = hashes < _border(test + (validation or 0.0))
    part = pl.when(below_test).then(pl.lit("test")).when(below_validation).then(pl.lit("validation"))
    return pl.select(part.otherwise(pl.lit("train")).cast(pl.Enum(PARTS)).alias("part")).to_series()


def _md5(texts: pl.Series) -> pl.Series:
    """As hexadecimal digits, whose order as text is that of the numbers."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")  # keeps the rows in their order
        connection.register("texts", pa.table({"text": texts.to_arrow()}))
        hashes = connection.sql("SELECT md5(text) AS hash FROM texts").to_arrow_table()
    return pl.Series("hash", hashes["hash"])


def _border(share: float) -> str:
    return f"{min(int(share * 2**64), 2**64 - 1):016x}"


def identities(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """One text per row, made of its values in these columns; TypeError for a column of lists or other nested values.

    Whole numbers, dates and times are written alike whatever the size of their type.
    """
    texts = [_text(frame[column]).fill_null(_MISSING) for column in columns]
    return pl.select(pl.concat_str(texts, separator=_BETWEEN).alias("identity")).to_series()


def _text(values: pl.Series) -> pl.Series:
    kind = values.dtype
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise TypeError(f"{values.name} is {kind}")
    if kind.is_float():
        # The bits: how a float is spelled in digits is each library's own choice. Adding 0 makes -0 a plain 0.
        plain = np.asarray(values.cast(pl.Float64).fill_null(0.0).to_numpy() + 0.0, dtype=np.float64)
        return pl.Series(values.name, plain.view(np.int64)).cast(pl.String).set(values.is_null(), None)
    if isinstance(kind, pl.Datetime):
        return values.dt.epoch("us").cast(pl.String)
    if kind in (pl.Date, pl.Time, pl.Duration):
        return values.to_physical().cast(pl.String)
    return values.cast(pl.String)
