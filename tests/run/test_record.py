"""Run records."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from headrace.errors import UsageError
from headrace.run.record import finish, join_run, latest_runs, open_run, safe_name
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


class CountingStore(LocalStore):
    """A store that counts the documents that were asked for."""

    read = 0

    def recent_documents(self, kind: str) -> Iterator[tuple[datetime, dict[str, Any]]]:
        for found in super().recent_documents(kind):
            self.read += 1
            yield found


def note_run(store: LocalStore, name: str, started: datetime, *, hours: float = 0.5, pipeline: str = "toy") -> None:
    """A run that began then and took so long."""
    document = {"run_id": name, "pipeline": pipeline, "started": started.isoformat(), "status": "done"}
    store.put_document("runs", name, document)
    ended = (started + timedelta(hours=hours)).timestamp()
    os.utime(store.root / "runs" / f"{name}.json", (ended, ended))


FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def test_the_latest_runs_are_found_without_reading_them_all(tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    for number in range(200):
        note_run(store, f"{number % 7}-{number}", FIRST + timedelta(hours=number))
    store.put_document("latest", "toy", {"run_id": f"{199 % 7}-199"})

    assert next(latest_runs(store, "toy"))["run_id"].endswith("-199")
    assert store.read == 0
    found = [run["run_id"] for run in islice(latest_runs(store, "toy"), 20)]

    assert [name.partition("-")[2] for name in found] == [str(number) for number in range(199, 179, -1)]
    assert store.read <= 22


def test_the_latest_runs_are_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    note_run(store, "long", FIRST, hours=40)
    note_run(store, "short", FIRST + timedelta(hours=1))
    note_run(store, "other", FIRST + timedelta(hours=2), pipeline="other")
    note_run(store, "last", FIRST + timedelta(hours=30))
    note_run(store, "early", FIRST - timedelta(hours=1), hours=60)

    assert [run["run_id"] for run in latest_runs(store, "toy")] == ["last", "short", "long", "early"]


def test_runs_that_began_at_once_are_in_order_though_the_disks_clock_is_behind(tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    second = 1 / 3600
    note_run(store, "first", FIRST, hours=second)
    note_run(store, "next", FIRST + timedelta(seconds=1), hours=-2 * second)

    assert [run["run_id"] for run in latest_runs(store, "toy")] == ["next", "first"]
