"""Days and months of a backfill."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.errors import UsageError
from headrace_airflow.backfill.days import interval, moments
from plans import plan_of


def test_both_ends_belong_to_it_in_the_schedules_zone() -> None:
    begin, end = moments("2013-01-01", "2013-01-31", "America/New_York")

    assert begin.astimezone(UTC) == datetime(2013, 1, 1, 5, tzinfo=UTC)
    assert end.astimezone(UTC) == datetime(2013, 2, 1, 4, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(("month", "last"), [("2013-02", 28), ("2012-02", 29), ("2013-12", 31)])
def test_a_month_is_all_of_its_days(month: str, last: int) -> None:
    begin, end = moments(month, month, "UTC")

    assert (begin.day, end.day) == (1, last)
    assert begin.month == end.month


@pytest.mark.parametrize(
    "text", ["yesterday", "2013-13", "2013-02-30", "01/02/2013", "2013", "2013-01-01T00:00:00Z", ""]
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match="neither a day nor a month") as caught:
        moments(text, "2013-01", "UTC")

    assert "2013-01-31" in caught.value.remedy


@given(first=st.dates(), last=st.dates())
def test_the_end_is_never_before_the_beginning(first: object, last: object) -> None:
    try:
        begin, end = moments(str(first), str(last), "UTC")
    except UsageError as error:
        assert "is before" in error.message  # noqa: PT017
    else:
        assert begin < end


SCHEDULE = {"cron": "@daily", "timezone": "America/New_York", "start": "2024-01-10", "end": "2024-02-20"}


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [("2024-01-09", "2024-01-20", "start"), ("2024-01", "2024-01", "start"), ("2024-02-01", "2024-02", "end")],
)
def test_days_that_the_schedule_does_not_know_are_refused(first: str, last: str, key: str) -> None:
    with pytest.raises(UsageError, match=f"the schedule of flights {key}s on 2024-") as caught:
        interval(first, last, plan_of(schedule=SCHEDULE))

    assert f"`schedule.{key}`" in caught.value.remedy


@pytest.mark.parametrize(("first", "last"), [("2024-01-10", "2024-02-20"), ("2024-02-01", "2024-02-01")])
def test_its_first_and_its_last_day_are_known(first: str, last: str) -> None:
    begin, end = interval(first, last, plan_of(schedule=SCHEDULE))

    assert (str(begin.date()), str(end.date())) == (first, last)


def test_a_schedule_without_bounds_knows_every_day() -> None:
    begin, end = interval("1999-01-01", "2030-01", plan_of(schedule={"cron": "@daily", "start": None}))

    assert end.year - begin.year == 31
