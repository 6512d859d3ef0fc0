from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest

from headrace.schedule import cron_problem, next_runs, ticks

BERLIN = {"cron": "30 6 * * *", "timezone": "Europe/Berlin"}


def told(moments: list[datetime]) -> list[str]:
    return [moment.strftime("%m-%d %H:%M") for moment in moments]


def test_a_daily_run_keeps_its_wall_time_when_the_clocks_change() -> None:
    spring = next_runs(BERLIN, datetime(2026, 3, 28, 0, tzinfo=UTC), 3)
    autumn = next_runs(BERLIN, datetime(2026, 10, 24, 0, tzinfo=UTC), 3)
    assert told(spring) == ["03-28 05:30", "03-29 04:30", "03-30 04:30"]
    assert told(autumn) == ["10-24 04:30", "10-25 05:30", "10-26 05:30"]


def test_an_hourly_run_leaves_no_hour_out_and_doubles_none() -> None:
    hourly = {"cron": "@hourly", "timezone": "America/New_York"}
    for day in (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)):
        moments = next_runs(hourly, day, 48)
        assert {later - earlier for earlier, later in pairwise(moments)} == {timedelta(hours=1)}


def test_a_time_that_does_not_exist_is_an_hour_later_and_a_repeated_one_is_the_second() -> None:
    night = {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}
    assert told(next_runs(night, datetime(2026, 3, 28, 12, tzinfo=UTC), 1)) == ["03-29 01:30"]
    assert told(next_runs(night, datetime(2026, 10, 24, 12, tzinfo=UTC), 2)) == ["10-25 01:30", "10-26 01:30"]


def test_the_first_run_ends_the_first_day_that_has_one() -> None:
    schedule = {"cron": "0 6 * * *", "timezone": "UTC", "start": "2026-05-01", "end": date(2026, 5, 2)}
    assert told(next_runs(schedule, datetime(2026, 1, 1, tzinfo=UTC), 9)) == ["05-02 06:00", "05-03 06:00"]
    assert told(next_runs(schedule, datetime(2026, 5, 2, 6, tzinfo=UTC), 9)) == ["05-03 06:00"]
    assert next_runs(schedule, datetime(2026, 5, 3, 6, tzinfo=UTC), 9) == []


def test_no_cron_never_fires_and_neither_does_the_30th_of_february() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert next_runs({"cron": None, "timezone": "UTC"}, now, 3) == []
    assert next_runs({"cron": "0 0 30 2 *", "timezone": "UTC"}, now, 3) == []


@pytest.mark.parametrize("cron", ["0 6 * * *", "@weekly", "*/5 8-18 * * MON-FRI", "0 0 L * *"])
def test_sound_crons(cron: str) -> None:
    assert cron_problem(cron) == ""
    assert list(islice(ticks({"cron": cron, "timezone": "UTC"}, datetime(2026, 1, 1, tzinfo=UTC)), 2))


@pytest.mark.parametrize("cron", ["0 25 * * *", "61 0 * * *", "0 0 32 * *", "a b c d e", "0 0 * 13 *", "0 0 * * 9"])
def test_crons_that_are_none(cron: str) -> None:
    assert cron_problem(cron)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_several_crons_start_a_run_at_each_moment_once() -> None:
    schedule = {"cron": ["0 6 * * *", "0 6,18 * * 6"], "timezone": "UTC", "start": "2026-05-01", "end": "2026-05-02"}
    assert told(next_runs(schedule, at("2026-04-01"), 9)) == ["05-01 06:00", "05-02 06:00", "05-02 18:00"]


def test_an_interval_counts_from_its_start_where_it_catches_up() -> None:
    schedule = {"every": "7h", "timezone": "Europe/Berlin", "start": "2026-05-01", "catchup": True, "end": "2026-05-01"}
    assert told(next_runs(schedule, at("2026-01-01"), 9)) == [
        "05-01 05:00",
        "05-01 12:00",
        "05-01 19:00",
        "05-02 02:00",
    ]


def test_an_interval_without_catchup_counts_from_1970() -> None:
    schedule = {"every": "PT6H", "timezone": "America/New_York", "start": "2020-01-01"}
    assert told(next_runs(schedule, at("2026-05-01T01:00"), 2)) == ["05-01 06:00", "05-01 12:00"]


def test_the_run_of_a_partition_follows_it() -> None:
    schedule = {"cron": "0 6 * * *", "timezone": "UTC", "partition": {"by": "day"}, "start": "2026-05-01"}
    assert told(next_runs({**schedule, "end": "2026-05-02"}, at("2026-01-01"), 9)) == ["05-02 06:00", "05-03 06:00"]


def test_runs_in_a_blackout_are_left_out() -> None:
    windows = [{"start": "2026-05-02", "end": "2026-05-03"}, {"cron": "0 0 * * 1", "length": "6h30m"}]
    schedule = {"cron": "0 6 * * *", "timezone": "UTC", "blackout": windows}
    # 4 May 2026 is a Monday: the second window follows on the first one.
    assert told(next_runs(schedule, at("2026-05-01"), 3)) == ["05-01 06:00", "05-05 06:00", "05-06 06:00"]


def test_windows_without_a_gap_leave_no_run() -> None:
    always = [{"cron": "0 0 * * *", "length": "1d"}]
    assert next_runs({"every": "1h", "timezone": "UTC", "blackout": always}, at("2026-05-01"), 1) == []


@pytest.mark.parametrize(
    "schedule",
    [
        {"cron": "@daily", "enabled": False},
        {"continuous": True},
        {"assets": "orders"},
        {"timetable": {"name": "acme.Days"}},
        {"once": True},
        {"once": True, "start": "2020-01-01"},
    ],
)
def test_what_nobody_can_tell(schedule: dict[str, object]) -> None:
    assert next_runs({"timezone": "UTC", **schedule}, at("2026-05-01"), 3) == []


def test_once_is_when_it_starts() -> None:
    assert told(next_runs({"once": True, "start": "2026-05-02", "timezone": "UTC"}, at("2026-05-01"), 3)) == [
        "05-02 00:00"
    ]
