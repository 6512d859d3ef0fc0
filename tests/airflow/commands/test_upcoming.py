"""What is said of runs around a change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from headrace_airflow.commands.upcoming import upcoming


def _schedule(cron: str, timezone: str = "America/New_York") -> dict[str, Any]:
    return {"cron": cron, "timezone": timezone, "start": None, "end": None, "catchup": False}


def _notes(cron: str, after: datetime, count: int = 3) -> list[str]:
    return [f"{run.local:%m-%d %H:%M %Z} {run.note}".strip() for run in upcoming(_schedule(cron), after, count)]


def test_an_ordinary_week_has_no_notes() -> None:
    assert _notes("0 6 * * *", datetime(2026, 6, 1, tzinfo=UTC), 2) == ["06-01 06:00 EDT", "06-02 06:00 EDT"]


def test_clocks_that_go_forward_are_told_at_the_first_run_after_them() -> None:
    found = _notes("0 6 * * *", datetime(2026, 3, 7, 12, tzinfo=UTC), 2)

    assert found == ["03-08 06:00 EDT clocks have gone forward 1 h (UTC-0500 to UTC-0400)", "03-09 06:00 EDT"]


def test_a_time_that_is_skipped() -> None:
    (found,) = _notes("30 2 * * *", datetime(2026, 3, 7, 12, tzinfo=UTC), 1)

    assert found.startswith("03-08 03:30 EDT")
    assert "clocks skip its time that day" in found


def test_a_time_that_comes_twice() -> None:
    (found,) = _notes("30 1 * * *", datetime(2026, 10, 31, 12, tzinfo=UTC), 1)

    assert found.startswith("11-01 01:30 EST")
    assert "01:30 comes twice that day: this is the second" in found


def test_no_cron_no_runs() -> None:
    assert upcoming({**_schedule("x"), "cron": None}, datetime(2026, 1, 1, tzinfo=UTC), 5) == ()
