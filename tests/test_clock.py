"""Durations and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.clock import as_utc, parse_duration, parse_moment


@given(st.integers(1, 5_000), st.sampled_from(["s", "m", "h", "d", "w"]))
def test_a_duration_is_its_number_of_units(amount: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[unit]

    assert parse_duration(f"{amount}{unit}") == timedelta(seconds=amount * seconds)


def test_units_add_up() -> None:
    assert parse_duration("1h30m") == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("text", "same"),
    [("PT6H", "6h"), ("P1D", "1d"), ("P2W", "2w"), ("P1DT12H", "36h"), ("PT1H30M", "90m"), ("PT90S", "90s")],
)
def test_iso_8601_is_read_as_far_as_it_is_one_length_of_time(text: str, same: str) -> None:
    assert parse_duration(text) == parse_duration(same)


@pytest.mark.parametrize("text", ["P", "PT", "P1M", "P1Y", "P1DT", "PT1.5H", "P1W2D", "pt6h", "PT6h", "-PT6H", "P6H"])
def test_other_iso_8601_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="30d"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text", ["", "30", "d", "1 h", "1 hour", "-1d", "1.5h", "0d", "30D", "1h 30m", "36526d", "9" * 5_000 + "w"]
)
def test_anything_else_is_refused_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r"30d|longer"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2013-12-31", datetime(2013, 12, 31, tzinfo=UTC)),
        ("2013-12-31T06:00:00Z", datetime(2013, 12, 31, 6, tzinfo=UTC)),
        ("2013-12-31T06:00:00+02:00", datetime(2013, 12, 31, 4, tzinfo=UTC)),
    ],
)
def test_moments_are_utc(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


def test_a_moment_that_is_none_says_what_would_be() -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_moment("yesterday")


def test_a_date_begins_its_day() -> None:
    assert as_utc(date(2024, 2, 29)) == datetime(2024, 2, 29, tzinfo=UTC)
