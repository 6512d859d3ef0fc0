from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from headrace.change.document import ScheduleChange
from headrace.change.schedules import MOST_BACKFILLED, schedule_change, text
from headrace.plan.model import Plan

#: Clocks in Berlin go forward on 29 March 2026 and back on 25 October.
MARCH = datetime(2026, 3, 27, 12, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 23, 12, tzinfo=UTC)


def plan(cron: str | None = "0 6 * * *", zone: str = "Europe/Berlin", **more: Any) -> Plan:
    schedule = {"cron": cron, "timezone": zone, "start": None, "end": None, "catchup": False, "max_active_runs": 1}
    return Plan("p", {"schedule": {**schedule, **more}}, ())


def changed(before: Plan | None, after: Plan | None, now: datetime = MARCH) -> ScheduleChange:
    found = schedule_change(before, after, now)
    assert found is not None
    return found


def test_runs_across_the_change_of_clocks_in_march() -> None:
    found = changed(plan(), plan("30 5 * * *"))

    assert [moment.local for moment in found.next_before] == [
        "2026-03-28 06:00+01:00",
        "2026-03-29 06:00+02:00",
        "2026-03-30 06:00+02:00",
    ]
    assert [moment.utc for moment in found.next_after] == [
        "2026-03-28 04:30+00:00",
        "2026-03-29 03:30+00:00",
        "2026-03-30 03:30+00:00",
    ]


def test_runs_across_the_change_of_clocks_in_october() -> None:
    found = changed(plan(zone="UTC"), plan(), OCTOBER)

    assert [moment.utc for moment in found.next_before] == [f"2026-10-{day} 06:00+00:00" for day in (24, 25, 26)]
    assert [moment.utc for moment in found.next_after] == [
        "2026-10-24 04:00+00:00",
        "2026-10-25 05:00+00:00",
        "2026-10-26 05:00+00:00",
    ]
    assert any("Europe/Berlin" in note for note in found.notes)


def test_equal_schedules_and_how_many_at_once_are_no_change() -> None:
    assert schedule_change(plan(), plan(max_active_runs=3), MARCH) is None


def test_days_that_catchup_makes_up_for() -> None:
    found = changed(plan(start="2026-03-01"), plan(start="2026-03-01", catchup=True))

    assert found.backfill == 26  # 1 March's data is complete on 2 March at six, 26 March's on the 27th
    assert not found.backfill_is_more


def test_a_new_dag_with_years_of_catchup_is_counted_up_to_a_bound() -> None:
    found = changed(None, plan("@hourly", start="2020-01-01", catchup=True))

    assert (found.backfill, found.backfill_is_more) == (MOST_BACKFILLED, True)
    assert any("paused" in note for note in found.notes)


def test_an_end_bounds_what_is_made_up_for_and_what_comes() -> None:
    found = changed(plan(start="2026-03-01"), plan(start="2026-03-01", end="2026-03-05", catchup=True))

    assert found.backfill == 5
    assert found.next_after == ()
    assert "it has no run from now on" in found.notes


def test_an_earlier_start_brings_no_run_back() -> None:
    found = changed(plan(start="2026-03-01"), plan(start="2026-01-01"))

    assert found.backfill is None
    assert any("brings no past run back" in note for note in found.notes)


@pytest.mark.parametrize(
    ("before", "after", "ratio"),
    [("0 6 * * *", "@hourly", 24.0), ("0 6 * * *", "0 6 * * 1", 0.14), ("0 6 * * *", "0 7 * * *", None)],
)
def test_how_much_more_often(before: str, after: str, ratio: float | None) -> None:
    assert changed(plan(before), plan(after)).times_as_often == ratio


def test_by_hand_added_and_removed() -> None:
    assert changed(plan(), plan(None)).fate == "by hand"
    assert changed(plan(None), plan()).next_before == ()
    removed = changed(plan(), None)
    assert (removed.fate, removed.next_after) == ("removed", ())


def test_a_schedule_in_words() -> None:
    assert text(plan().spec["schedule"]) == "0 6 * * * in Europe/Berlin"
    full = plan(start="2026-01-01", end="2026-02-01", catchup=True).spec["schedule"]
    assert text(full) == "0 6 * * * in Europe/Berlin from 2026-01-01 until 2026-02-01 with catchup"
    assert text(plan(None).spec["schedule"]) == "by hand"
    assert text(None) == ""


def test_a_pipeline_that_waits_for_data_is_rescheduled_to_no_moment_that_can_be_told() -> None:
    found = changed(plan(), plan(None, depends_on=[{"model": "churn", "dataset": None}]))

    assert found.fate == "rescheduled"
    assert found.after == "when model churn changes"
    assert found.next_before
    assert found.next_after == ()
    assert found.notes == ("a run starts when model churn changes, at no moment that can be told",)


def test_a_schedule_that_is_switched_off_is_by_hand() -> None:
    found = changed(plan(), plan(enabled=False))

    assert (found.fate, found.after, found.next_after) == ("by hand", "off", ())


def test_an_interval_instead_of_a_cron_is_told_in_runs() -> None:
    found = changed(plan(zone="UTC"), plan(None, zone="UTC", every="6h", start="2026-03-27", catchup=True))

    assert found.after == "every 6h from 2026-03-27 with catchup"
    assert [moment.utc[11:16] for moment in found.next_after] == ["18:00", "00:00", "06:00"]
    assert found.times_as_often == 4
    assert found.backfill == 2


def test_a_blackout_is_a_change_and_limits_are_none() -> None:
    held = plan(blackout=[{"start": "2026-03-28", "end": "2026-03-29", "cron": None, "length": None}])

    assert [moment.local[:10] for moment in changed(plan(), held).next_after] == [
        "2026-03-30",
        "2026-03-31",
        "2026-04-01",
    ]
    assert schedule_change(plan(), plan(max_active_tasks=2, backfill={"max_active_runs": 3}), MARCH) is None
