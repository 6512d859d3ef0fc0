"""The quick cron of the check tells what `headrace.schedule` tells, which Airflow's own timetables agree with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.schedule import ticks as slow_ticks
from headrace_airflow.commands.checking.cron import fields, ticks

ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata")
MINUTES = st.sampled_from(["0", "30", "5,35", "*/15", "*"])
HOURS = st.sampled_from(["0", "1", "2", "3", "*", "*/6", "1-4"])
DAYS = st.sampled_from(["*", "1", "31", "*/2", "13"])
MONTHS = st.sampled_from(["*", "2", "3,11"])
WEEKDAYS = st.sampled_from(["*", "0", "7", "1-5", "mon,sun"])
CRONS = st.builds(lambda *parts: " ".join(parts), MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS)


@given(CRONS, st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001
def test_it_agrees_with_the_schedule(cron: str, zone: str, moment: datetime) -> None:
    after, known = moment.replace(tzinfo=UTC), fields(cron)

    assert known is not None
    found = list(islice(ticks(known, ZoneInfo(zone), after), 12))
    assert found == list(islice(slow_ticks({"cron": cron, "timezone": zone}, after), 12))


@given(st.sampled_from(["30 2 * * *", "30 1 * * *", "*/20 1-3 * * *", "15 * * * *"]), st.sampled_from(ZONES))
def test_around_changes_of_clocks_too(cron: str, zone: str) -> None:
    known = fields(cron)
    assert known is not None
    for day in (
        datetime(2026, 3, 7, tzinfo=UTC),
        datetime(2026, 10, 24, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
    ):
        quick = ticks(known, ZoneInfo(zone), day)
        for want in islice(slow_ticks({"cron": cron, "timezone": zone}, day), 60):
            assert next(quick) == want


@pytest.mark.parametrize("cron", ["0 0 L * *", "0 0 * * 5#2", "0 0 * * * 30"])
def test_what_it_does_not_know_it_leaves_to_airflow(cron: str) -> None:
    assert fields(cron) is None


def test_a_day_that_never_comes_ends_the_search() -> None:
    known = fields("0 0 31 3 *")
    assert known is not None
    impossible = known._replace(days=frozenset({31}), months=frozenset({2}))

    assert list(ticks(impossible, UTC, datetime(2026, 1, 1, tzinfo=UTC))) == []
    assert next(ticks(known, UTC, datetime(2026, 1, 1, tzinfo=UTC))) - datetime(2026, 3, 31, tzinfo=UTC) == timedelta()
