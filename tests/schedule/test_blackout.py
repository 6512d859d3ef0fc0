from __future__ import annotations

from datetime import UTC, datetime, timedelta

from headrace.schedule.blackout import NEVER, just_before, window_end

CHRISTMAS = {"start": "2026-12-24", "end": "2026-12-26"}
WEEKEND = {"cron": "0 22 * * 5", "length": "50h"}
BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_days_begin_and_end_at_midnight_in_the_zone() -> None:
    end = at("2026-12-26T23:00")  # midnight of the 27th in Berlin
    assert window_end([CHRISTMAS], BERLIN, at("2026-12-23T23:00")) == end
    assert window_end([CHRISTMAS], BERLIN, just_before(at("2026-12-23T23:00"))) is None
    assert window_end([CHRISTMAS], BERLIN, just_before(end)) == end
    assert window_end([CHRISTMAS], BERLIN, end) is None


def test_a_window_that_comes_again_opens_on_the_wall_clock_and_lasts_so_long() -> None:
    opened = at("2026-10-23T20:00")  # Friday 22:00 in Berlin; the clocks go back on Sunday
    assert window_end([WEEKEND], BERLIN, opened) == opened + timedelta(hours=50)
    assert window_end([WEEKEND], BERLIN, just_before(opened)) is None
    assert window_end([WEEKEND], BERLIN, at("2026-10-30T21:00")) == at("2026-11-01T23:00")


def test_windows_that_follow_on_each_other_are_one() -> None:
    # Friday 25 December 22:00 to Sunday 27 December 24:00 begins within Christmas.
    assert window_end([CHRISTMAS, WEEKEND], BERLIN, at("2026-12-24T12:00")) == at("2026-12-27T23:00")


def test_windows_without_a_gap_never_end() -> None:
    assert window_end([{"cron": "@daily", "length": "24h"}], "UTC", at("2026-01-01")) == NEVER
