from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.data.windows import Windows, count_from, in_windows, moments_of, windows_of
from headrace.errors import DataError

DAY = timedelta(days=1)
DAYS = pl.Series("day", [date(2013, 1, 1) + n * DAY for n in range(10)])
NEWEST = datetime(2013, 1, 10, 12, tzinfo=UTC)
TIMES = pl.Series("time", [NEWEST - n * DAY for n in range(10)])


def windows(values: pl.Series, as_of: datetime | None = None, validation: timedelta | None = 2 * DAY) -> Windows:
    return windows_of(values, moments_of(values, "split.column"), 3 * DAY, validation, as_of)


def parts(values: pl.Series, found: Windows) -> list[str]:
    return in_windows(moments_of(values, "split.column"), found).to_list()


def test_the_newest_day_counts_as_a_whole() -> None:
    found = windows(DAYS)
    assert found.end == datetime(2013, 1, 11, tzinfo=UTC)
    assert parts(DAYS, found) == ["train"] * 5 + ["validation"] * 2 + ["test"] * 3


def test_times_are_counted_back_from_just_after_the_newest() -> None:
    found = windows(TIMES)
    assert found.end - NEWEST == timedelta(microseconds=1)
    assert parts(TIMES, found) == ["test"] * 3 + ["validation"] * 2 + ["train"] * 5


def test_as_of_counts_where_it_is_earlier() -> None:
    assert windows(DAYS, datetime(2013, 1, 9, tzinfo=UTC)).end == datetime(2013, 1, 9, tzinfo=UTC)
    assert windows(DAYS, datetime(2014, 1, 1, tzinfo=UTC)) == windows(DAYS)


def test_rows_after_as_of_are_for_the_test() -> None:
    found = windows(DAYS, datetime(2013, 1, 9, tzinfo=UTC))
    assert parts(DAYS, found) == ["train"] * 3 + ["validation"] * 2 + ["test"] * 5
    assert count_from(moments_of(DAYS, "split.column"), found.end) == 2


@pytest.mark.parametrize(
    ("values", "settled"),
    [(DAYS, datetime(2013, 1, 11, tzinfo=UTC)), (TIMES, NEWEST + timedelta(microseconds=1))],
)
def test_a_result_holds_for_every_later_clock_once_that_moves_nothing(values: pl.Series, settled: datetime) -> None:
    before = windows(values, settled - timedelta(microseconds=1))
    assert before.holds_after is None
    for as_of in (None, settled, settled + 300 * DAY):
        found = windows(values, as_of)
        assert found == windows(values)
        assert found.holds_after is not None
        assert found.holds_after < settled
        assert not found.holds_after < settled - timedelta(microseconds=1)


def test_naive_times_and_other_zones_are_utc_moments() -> None:
    naive = TIMES.dt.replace_time_zone(None)
    tokyo = TIMES.dt.convert_time_zone("Asia/Tokyo").dt.cast_time_unit("ns")
    assert windows(naive) == windows(TIMES) == windows(tokyo)


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=50),
    st.integers(1, 100),
    st.none() | st.integers(1, 100),
    st.none() | st.integers(0, 500),
)
def test_boundaries_belong_to_the_later_part(
    offsets: list[int], test: int, validation: int | None, as_of: int | None
) -> None:
    start = date(2013, 1, 1)
    values = pl.Series("day", [start + n * DAY for n in offsets])
    moments = moments_of(values, "split.column")
    clock = None if as_of is None else datetime(2013, 1, 1, tzinfo=UTC) + as_of * DAY
    found = windows_of(values, moments, test * DAY, None if validation is None else validation * DAY, clock)
    end = max(offsets) + 1 if as_of is None else min(as_of, max(offsets) + 1)
    for offset, part in zip(offsets, in_windows(moments, found), strict=True):
        age = end - offset
        expected = "test" if age <= test else "validation" if validation and age <= test + validation else "train"
        assert part == expected


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(DataError, match="split column n is int64, not a date or time") as caught:
        moments_of(pl.Series("n", [1]), "split.column")
    assert caught.value.key == "split.column"
