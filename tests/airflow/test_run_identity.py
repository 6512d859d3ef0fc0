"""Names of runs, clocks, and the plan that a run keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headrace.errors import ConfigError, UsageError
from headrace.plan.model import Plan, Stage
from headrace.run.record import join_run
from headrace.store import LocalStore
from headrace_airflow.run_identity import EarlierPlan, JoinedRun, as_of, join, run_name
from headrace_airflow.site import Site
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


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(str(tmp_path), str(tmp_path / ".headrace"))


def plan(site: Site, *stages: str) -> str:
    """The digest of a plan that the store has."""
    made = Plan("flights", {}, tuple(Stage(name, "train", {}, {}, name) for name in stages))
    LocalStore(site.project.home / "store").put_document("plans", made.digest, made.to_json())
    return made.digest


def test_a_run_keeps_the_plan_of_its_first_task(site: Site) -> None:
    first, second = plan(site, "a", "b"), plan(site, "a", "c")

    begun = join(site, Run(), first)
    later = join(site, Run(), second)

    assert (begun.plan, begun.missing(["a"])) == (first, [])
    assert (later.name, later.plan) == (begun.name, first)
    assert later.missing(["a", "c"]) == ["c"]


def test_a_cleared_run_keeps_its_plan_and_its_name(site: Site) -> None:
    first, second = plan(site, "a"), plan(site, "b")
    begun = join(site, Run(), first)

    for again in (1, 2):
        cleared = join(
            site, replace(Run(), clear_number=again, start_date=datetime(2024, 5, again + 1, tzinfo=UTC)), second
        )
        assert (cleared.name, cleared.plan) == (begun.name, first)


def test_a_run_that_was_cleared_before_anything_ran_has_one_plan_too(site: Site) -> None:
    first, second = plan(site, "a"), plan(site, "b")

    begun = join(site, replace(Run(), clear_number=1), first)

    later = join(site, replace(Run(), clear_number=2, start_date=None), second)
    assert later == JoinedRun(begun.name, first, NOON.isoformat(), EarlierPlan(["a"]))


DAILY = ScheduleSpec(partition="day")
OF_A_DAY = Run(partition_key="2024-05-01", data_interval_end=None)


@pytest.mark.parametrize("cleared", [0, 1])
@pytest.mark.parametrize("now", [ScheduleSpec(partition="month"), ScheduleSpec()], ids=["another unit", "none"])
def test_a_run_keeps_its_clock_whatever_the_schedule_becomes(site: Site, now: ScheduleSpec, cleared: int) -> None:
    first, second = plan(site, "a"), plan(site, "b")
    begun = join(site, OF_A_DAY, first, DAILY)

    later = join(site, replace(OF_A_DAY, clear_number=cleared), second, now)

    assert begun.as_of == later.as_of == "2024-05-02T00:00:00+00:00"


def test_a_run_without_a_clock_keeps_having_none(site: Site) -> None:
    first, second = plan(site, "a"), plan(site, "b")
    by_hand = replace(OF_A_DAY, partition_key="2024-05-01")

    assert join(site, by_hand, first, ScheduleSpec()).as_of is None
    assert join(site, by_hand, second, DAILY).as_of is None


def test_a_run_whose_plan_alone_was_written_down_has_the_clock_of_its_record(site: Site) -> None:
    store, made = LocalStore(site.project.home / "store"), Plan("flights", {}, ())
    join_run(store, made, run_name(OF_A_DAY), datetime(2024, 5, 2, tzinfo=UTC))
    store.put_document("airflow-plans", run_name(OF_A_DAY), {"plan": made.digest})

    assert join(site, OF_A_DAY, plan(site, "b"), ScheduleSpec()).as_of == "2024-05-02T00:00:00+00:00"


def test_a_run_whose_plan_alone_was_written_down_and_that_has_no_record_asks_for_its_clock(site: Site) -> None:
    made = plan(site, "a")
    LocalStore(site.project.home / "store").put_document("airflow-plans", run_name(OF_A_DAY), {"plan": made})

    assert join(site, OF_A_DAY, plan(site, "b"), DAILY)[1:3] == (made, "2024-05-02T00:00:00+00:00")


@pytest.mark.parametrize(
    "run", [replace(Run(), run_id="another"), replace(Run(), start_date=datetime(2024, 6, 1, tzinfo=UTC))]
)
def test_what_begins_anew_follows_the_new_plan(site: Site, run: Run) -> None:
    first, second = plan(site, "a"), plan(site, "b")
    join(site, Run(), first)

    assert join(site, run, second).plan == second
    assert join(site, replace(run, clear_number=1), first).plan == second


def test_two_first_tasks_at_once_agree(site: Site) -> None:
    digests = [plan(site, f"stage-{number}") for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda digest: join(site, Run(), digest).plan, digests))

    assert len(found) == 1


def test_a_plan_that_came_with_the_deployment_is_put_into_the_store(site: Site, tmp_path: Path) -> None:
    carried = Plan("flights", {"seed": 5}, ())
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / f"{carried.digest}.json").write_text(json.dumps(carried.to_json()))

    join(site._replace(plans=str(tmp_path / "plans")), Run(), carried.digest)

    assert LocalStore(site.project.home / "store").get_document("plans", carried.digest) == carried.to_json()


@pytest.mark.parametrize(
    ("cut", "why"),
    [
        (lambda text: text[:40], "JSONDecodeError"),
        (lambda text: text.replace('"seed": 5', '"seed": 6'), "what is in it has the digest"),
        (lambda text: text.replace('"format": 1', '"format": 99'), "plan format 99 is not 1"),
        (lambda text: "[]", "AttributeError"),
    ],
    ids=["truncated", "altered", "of another version", "no plan"],
)
def test_a_plan_that_came_damaged_is_refused_and_not_stored(
    site: Site, tmp_path: Path, cut: Callable[[str], str], why: str
) -> None:
    carried = Plan("flights", {"seed": 5}, ())
    path = tmp_path / "plans" / f"{carried.digest}.json"
    path.parent.mkdir()
    path.write_text(cut(json.dumps(carried.to_json())))

    with pytest.raises(ConfigError, match="HR412") as error:
        join(site._replace(plans=str(path.parent)), Run(), carried.digest)

    found = error.value.diagnostics[0]
    assert why in found.message
    assert found.place is not None
    assert found.place.file == str(path)
    assert "headrace dags build" in found.remedy
    assert LocalStore(site.project.home / "store").get_document("plans", carried.digest) is None


def test_a_worker_that_was_not_told_of_the_project_says_so() -> None:
    with pytest.raises(UsageError, match="not told where the project is") as error:
        join(Site("", ""), Run(), "0" * 64)

    assert "HEADRACE_PROJECT" in error.value.remedy
