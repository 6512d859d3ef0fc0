"""Our schedule against Airflow's own timetables, built from the same YAML."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pendulum
import pytest
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import DagRunInfo, TimeRestriction, Timetable
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.config.schema.schedule import Schedule
from headrace.plan.model import Plan
from headrace.schedule import next_runs
from headrace_airflow.build.schedule import clock, run_bounds
from headrace_airflow.spec.schedule import schedule_spec

AROUND = [
    datetime(2026, 3, 28, 20, tzinfo=UTC),
    datetime(2026, 10, 24, 21, tzinfo=UTC),
    datetime(2026, 11, 1, 3, 30, tzinfo=UTC),
]
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata"]
CRONS = ["0 6 * * *", "@hourly", "30 2 * * *", "30 1 * * *", "15 * * * *", "0 6 * * 1", "0 3 31 * *"]
WINDOWS = [
    {"start": "2026-03-28", "end": "2026-03-29"},
    {"start": "2026-10-25", "end": "2026-10-26"},
    {"cron": "0 22 * * 5", "length": "26h"},
    {"cron": "0 1 * * *", "length": "90m"},
]


def airflows(schedule: dict[str, Any], after: datetime, count: int) -> list[datetime]:
    """What Airflow's scheduler would do from the schedule's start on, one run after another."""
    spec = schedule_spec(Plan("p", {}, ()), Schedule.model_validate(schedule))
    timetable: Timetable = coerce_to_core_timetable(clock(spec))
    first, last = (pendulum.instance(bound) if bound else None for bound in run_bounds(spec))
    restriction = TimeRestriction(first, last, True)
    info: DagRunInfo | None = None
    found: list[datetime] = []
    while len(found) < count:
        info = timetable.next_dagrun_info_v2(last_dagrun_info=info, restriction=restriction)
        if info is None:
            break
        if info.run_after > after:
            found.append(datetime.fromtimestamp(info.run_after.timestamp(), UTC))
    return found


def agree(schedule: dict[str, Any], after: datetime, count: int = 5) -> list[datetime]:
    document = Schedule.model_validate(schedule).model_dump(mode="json")
    ours = next_runs(document, after, count)
    assert ours == airflows(schedule, after, count)
    return ours


def days_around(after: datetime, start: int, end: int | None) -> dict[str, Any]:
    first, last = after.date() + timedelta(days=start), after.date() + timedelta(days=end or 0)
    return {"start": first.isoformat(), "catchup": True, **({"end": last.isoformat()} if end else {})}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", CRONS)
def test_the_next_runs_are_airflows(cron: str, zone: str) -> None:
    for after in AROUND:
        for start, end in [(-3, None), (1, None), (-3, 1)]:
            agree({"cron": cron, "timezone": zone, **days_around(after, start, end)}, after)


@given(
    crons=st.lists(st.sampled_from(CRONS), min_size=2, max_size=3, unique=True),
    zone=st.sampled_from(ZONES),
    after=st.sampled_from(AROUND),
    bounds=st.sampled_from([(-3, None), (1, None), (-3, 2)]),
)
@settings(deadline=None, max_examples=20)
def test_several_crons(crons: list[str], zone: str, after: datetime, bounds: tuple[int, int | None]) -> None:
    agree({"cron": crons, "timezone": zone, **days_around(after, *bounds)}, after)


@given(
    minutes=st.integers(7, 4_000),
    zone=st.sampled_from(ZONES),
    after=st.sampled_from(AROUND),
    bounds=st.sampled_from([(-3, None), (1, None), (-3, 1)]),
)
@settings(deadline=None, max_examples=20)
def test_intervals(minutes: int, zone: str, after: datetime, bounds: tuple[int, int | None]) -> None:
    agree({"every": f"{minutes}m", "timezone": zone, **days_around(after, *bounds)}, after)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("cron", "by"),
    [("0 6 * * *", "day"), ("30 2 * * *", "day"), ("@daily", "day"), ("0 7 * * 1", "week"), ("0 3 2 * *", "month")],
)
def test_partitions(cron: str, by: str, zone: str) -> None:
    for after in AROUND:
        for start, end in [(-3, None), (1, None), (-40, 1)]:
            bounds = days_around(after, start, end)
            agree({"cron": cron, "timezone": zone, "partition": {"by": by}, **bounds}, after)


def test_the_first_partition_is_the_one_of_the_first_day() -> None:
    schedule = {"cron": "0 6 * * *", "timezone": "Europe/Berlin", "partition": {"by": "day"}, "catchup": True}
    spec = schedule_spec(Plan("p", {}, ()), Schedule.model_validate({**schedule, "start": "2026-03-01"}))
    timetable = coerce_to_core_timetable(clock(spec))
    first = run_bounds(spec)[0]
    assert first is not None

    info = timetable.next_dagrun_info_v2(
        last_dagrun_info=None, restriction=TimeRestriction(pendulum.instance(first), None, True)
    )

    assert info is not None
    assert (info.partition_key, str(info.run_after)) == ("2026-03-01", "2026-03-02 05:00:00+00:00")


@given(
    rule=st.one_of(
        st.sampled_from(CRONS).map(lambda cron: {"cron": cron}),
        st.integers(7, 600).map(lambda minutes: {"every": f"{minutes}m"}),
        st.just({"cron": ["0 6 * * *", "15 * * * *"]}),
    ),
    windows=st.lists(st.sampled_from(WINDOWS), min_size=1, max_size=3, unique_by=str),
    zone=st.sampled_from(ZONES),
    after=st.sampled_from(AROUND),
)
@settings(deadline=None, max_examples=30)
def test_blackouts(rule: dict[str, Any], windows: list[dict[str, Any]], zone: str, after: datetime) -> None:
    schedule = {**rule, "timezone": zone, **days_around(after, -3, None)}

    # Few: a window may leave one run in a year, that of the hour which comes twice.
    held = agree({**schedule, "blackout": windows}, after, count=3)

    document = Schedule.model_validate(schedule).model_dump(mode="json")
    for moment in held:  # the clock behind the windows goes on as it would
        assert next_runs(document, moment - timedelta(seconds=1), 1) == [moment]


def test_a_blackout_that_ends_on_the_day_of_a_skipped_time_loses_no_run() -> None:
    after = AROUND[0]
    schedule = {"cron": "30 2 * * *", "timezone": "Europe/Berlin", **days_around(after, -3, None)}

    held = agree({**schedule, "blackout": WINDOWS[:1]}, after, count=2)

    assert held == [datetime(2026, 3, 30, 0, 30, tzinfo=UTC), datetime(2026, 3, 31, 0, 30, tzinfo=UTC)]


def test_without_catchup_an_interval_goes_on_from_now() -> None:
    schedule = {"every": "7h", "timezone": "UTC", "start": "2020-01-01"}
    spec = schedule_spec(Plan("p", {}, ()), Schedule.model_validate(schedule))
    first, now = run_bounds(spec)[0], datetime.now(UTC)
    assert first is not None

    info = coerce_to_core_timetable(clock(spec)).next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(pendulum.instance(first), None, False)
    )

    document = Schedule.model_validate(schedule).model_dump(mode="json")
    assert info is not None
    assert next_runs(document, now - timedelta(hours=7), 1) == [info.run_after]
    assert date(2020, 1, 1) < info.run_after.date()
