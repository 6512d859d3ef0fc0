"""Run records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from headrace.errors import UsageError
from headrace.run.record import finish, join_run, open_run, safe_name
from headrace.store import LocalStore
from toy_stages import toy_plan


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def test_a_run_that_was_cut_off_is_taken_up_again(store: LocalStore) -> None:
    with open_run(store, toy_plan(), None) as first:
        pass  # never finished
    with open_run(store, toy_plan(), None) as second:
        assert second == first


def test_a_finished_run_and_another_plan_are_not(store: LocalStore) -> None:
    with open_run(store, toy_plan(), None) as first:
        pass
    with open_run(store, toy_plan(times=9), None) as other:
        assert other.run_id != first.run_id
        finish(store, other, "done")
    with open_run(store, toy_plan(times=9), None) as third:
        assert third.run_id != other.run_id


def test_a_scheduled_run_keeps_its_plan(store: LocalStore) -> None:
    first = join_run(store, toy_plan(), "scheduled__2024-01-01T00:00:00+00:00", None)
    assert join_run(store, toy_plan(), "scheduled__2024-01-01T00:00:00+00:00", None) == first

    with pytest.raises(UsageError, match="began with plan"):
        join_run(store, toy_plan(times=9), "scheduled__2024-01-01T00:00:00+00:00", None)


def test_a_scheduled_run_keeps_its_clock(store: LocalStore) -> None:
    day = datetime(2024, 1, 2, tzinfo=UTC)
    join_run(store, toy_plan(), "daily", day)
    join_run(store, toy_plan(), "by_hand", None)

    assert join_run(store, toy_plan(), "daily", day.astimezone(timezone(timedelta(hours=2)))).as_of == day.isoformat()
    with pytest.raises(UsageError, match=r"began with data up to 2024-01-02T00.*, not 2024-01-03"):
        join_run(store, toy_plan(), "daily", day + timedelta(days=1))
    with pytest.raises(UsageError, match=r"up to 2024-01-02T00.*, not everything there was"):
        join_run(store, toy_plan(), "daily", None)
    with pytest.raises(UsageError, match="up to everything there was, not 2024"):
        join_run(store, toy_plan(), "by_hand", day)


def test_run_ids_of_schedulers_become_file_names() -> None:
    assert safe_name("scheduled__2024-01-01T00:00:00+00:00/x") == "scheduled__2024-01-01T00_00_00+00_00_x"
