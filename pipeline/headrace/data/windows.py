"""Parts by time: windows that count back from the moment a run looks from, or from the newest row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from headrace.data.time_column import as_moments

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Windows:
    """Where the parts of a table begin, in UTC. What is before the first of them is for training."""

    validation: datetime | None
    test: datetime
    end: datetime
    """What the windows count back from."""
    holds_after: datetime | None
    """They are the same for every later `as_of`; None if a later one would move them."""


def moments_of(values: pl.Series, key: str) -> npt.NDArray[np.int64]:
    """Microseconds since 1970 in UTC; DataError if the column is no date or time, or has missing values."""
    moments = as_moments(values.to_arrow(), f"split column {values.name}", key)
    return np.asarray(moments.to_numpy(), dtype=np.int64)


def windows_of(
    values: pl.Series,
    moments: npt.NDArray[np.int64],
    test: timedelta,
    validation: timedelta | None,
    as_of: datetime | None,
) -> Windows:
    """The windows of a table: they end at `as_of`, or just after the newest row if that is earlier.

    The day of the newest row counts as a whole where the column holds dates.
    """
    newest = _EPOCH + int(moments.max()) * _MICROSECOND
    just_after = newest + (_DAY if values.dtype == pl.Date else _MICROSECOND)
    is_settled = as_of is None or as_of >= just_after
    end = just_after if as_of is None else min(as_of, just_after)
    start = end - test
    return Windows(
        validation=None if validation is None else start - validation,
        test=start,
        end=end,
        holds_after=just_after - _MICROSECOND if is_settled else None,
    )


def in_windows(moments: npt.NDArray[np.int64], windows: Windows) -> pl.Series:
    """The part of each row; rows after the windows' end are the newest, so they are for the test."""
    parts = np.where(moments >= _number(windows.test), "test", "train")
    if windows.validation is not None:
        is_middle = (moments >= _number(windows.validation)) & (moments < _number(windows.test))
        parts = np.where(is_middle, "validation", parts)
    return pl.Series("part", parts)


def count_from(moments: npt.NDArray[np.int64], moment: datetime) -> int:
    """How many rows are at that moment or later."""
    return int((moments >= _number(moment)).sum())


def _number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
