"""The column that says when a row became known: what is newest in it, and what a run may not see yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headrace.data.tables import whole_numbers
from headrace.errors import DataError

#: Before all time: what never changes holds after it.
ALWAYS = datetime.min.replace(tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def as_moments(column: pa.Array, what: str, key: str) -> pa.Array:
    """The column as int64 microseconds since 1970 in UTC; naive times and dates are taken as UTC.

    DataError where it is neither date nor time, or has empty fields.
    """
    kind = column.type
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        raise DataError(
            f"{what} is {kind}, not a date or time",
            remedy="name a column of ISO dates or times, as in 2013-12-31T06:00:00Z",
            key=key,
        )
    if column.null_count:
        raise DataError(
            f"{what} has empty fields, so nobody can tell when those rows became known",
            remedy="fill them, or name a column that always has a value",
            key=key,
        )
    tz = kind.tz if pa.types.is_timestamp(kind) else None
    return pc.cast(pc.cast(column, pa.timestamp("us", tz), safe=False), pa.int64())


def _scalar(value: int) -> pa.Int64Scalar:
    return whole_numbers(np.array([value], dtype=np.int64))[0]


class Clock:
    """Keeps the rows before a moment, and remembers the newest of them and whether it left any out."""

    def __init__(self, source: str, column: str, as_of: datetime | None) -> None:
        self._what = f"source {source}: time_column {column}"
        self._key = f"dataset.sources.{source}.time_column"
        self._column = column
        self._limit = None if as_of is None else _scalar((as_of - _EPOCH) // _MICROSECOND)
        self._newest: int | None = None
        self.left_out = 0

    def cut(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of the batch that the run may see."""
        moments = as_moments(batch.column(self._column), self._what, self._key)
        if self._limit is not None:
            is_past = pc.less(moments, self._limit)
            batch, moments = batch.filter(is_past), moments.filter(is_past)
            self.left_out += len(is_past) - len(moments)
        newest = pc.max(moments).as_py()
        if newest is not None and (self._newest is None or newest > self._newest):
            self._newest = newest
        return batch

    @property
    def newest(self) -> datetime | None:
        """The newest moment among the rows kept."""
        return None if self._newest is None else _EPOCH + self._newest * _MICROSECOND
