"""Names of runs, clocks, and the plan that a run keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headrace.errors import UsageError
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.run.record import join_run
from headrace.store import LocalStore
from headrace_airflow.run_identity import as_of, pinned_plan, run_name
from headrace_airflow.spec.model import ScheduleSpec

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Run:
    dag_id: str = "flights"
    run_id: str = "scheduled__2024-05-01T12:00:00+00:00"
    run_after: datetime = NOON
    start_date: datetime | None = NOON
    clear_number: int | None = 0
    data_interval_end: datetime | None = NOON
    partition_key: str | None = None
    partition_date: datetime | None = None


def test_a_name_is_readable_and_a_file_name() -> None:
    name = run_name(Run())

    assert name.startswith("flights__scheduled__2024-05-01T12_00_00+00_00__")
    assert name == run_name(Run())


@pytest.mark.parametrize(
    "other",
    [
        replace(Run(), dag_id="wines"),
        replace(Run(), run_id="scheduled__2024-05-01T12_00_00+00_00"),
        replace(Run(), clear_number=1),
        replace(Run(), start_date=datetime(2024, 5, 2, tzinfo=UTC)),
        replace(Run(), run_after=datetime(2024, 5, 2, tzinfo=UTC)),
    ],
    ids=["another DAG", "another run", "cleared while running", "cleared, or a new database", "tested again"],
)
def test_another_attempt_is_another_run(other: Run) -> None:
    assert run_name(other) != run_name(Run())


def test_a_long_id_still_makes_a_file_name(tmp_path: Path) -> None:
    name = run_name(Run(dag_id="d" * 250, run_id="../" * 80))

    assert "/" not in name
    (tmp_path / f"{name}.json").write_text("")


def test_the_clock_is_the_end_of_the_data_interval_if_there_is_one() -> None:
    assert as_of(Run()) == "2024-05-01T12:00:00+00:00"
    assert as_of(Run(data_interval_end=None)) is None


def test_a_run_that_an_asset_has_started_looks_at_everything() -> None:
    asset_run = Run(run_id="asset_triggered__2024-05-01T12:00:00+00:00__aB3dE", data_interval_end=None)

    assert as_of(asset_run) is None
    assert run_name(asset_run).startswith("flights__asset_triggered__2024-05-01T12_00_00+00_00__aB3dE__")


@pytest.mark.parametrize(
    ("by", "zone", "run", "moment"),
    [
        ("day", "UTC", Run(partition_key="2024-05-01"), "2024-05-02T00:00:00+00:00"),
        ("day", "Europe/Berlin", Run(partition_key="2024-05-01"), "2024-05-01T22:00:00+00:00"),
        ("day", "UTC", Run(partition_date=datetime(2024, 5, 1, 6, tzinfo=UTC)), "2024-05-02T00:00:00+00:00"),
        ("hour", "UTC", Run(partition_key="2024-05-01T06"), "2024-05-01T07:00:00+00:00"),
        ("week", "UTC", Run(partition_key="2024-04-29"), "2024-05-06T00:00:00+00:00"),
        ("month", "UTC", Run(partition_key="2024-12"), "2025-01-01T00:00:00+00:00"),
        ("key", "UTC", Run(partition_key="north"), "2024-05-01T12:00:00+00:00"),
        ("day", "UTC", Run(), "2024-05-01T12:00:00+00:00"),
    ],
)
def test_the_clock_of_a_partition_is_its_end(by: str, zone: str, run: Run, moment: str) -> None:
    assert as_of(run, ScheduleSpec(partition=by, timezone=zone)) == moment


def test_a_partition_key_that_names_no_time_is_refused() -> None:
    with pytest.raises(UsageError, match="'north' names no day"):
        as_of(Run(partition_key="north", data_interval_end=None), ScheduleSpec(partition="day"))


def test_a_run_keeps_the_plan_that_its_first_stage_ran_with(tmp_path: Path) -> None:
    project = Project(tmp_path, tmp_path / ".headrace")
    first, second = (Plan("flights", {"seed": seed}, ()) for seed in (1, 2))
    assert pinned_plan(project, run_name(Run())) is None

    join_run(LocalStore(project.home / "store"), first, run_name(Run()), NOON)

    assert pinned_plan(project, run_name(Run())) == first
    assert pinned_plan(project, run_name(replace(Run(), clear_number=1))) is None
    assert first.digest != second.digest
