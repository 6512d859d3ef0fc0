"""DAGs added, removed or started at other times, told in runs: in the pipeline's own zone and in UTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from headrace.change.document import Moment, ScheduleChange
from headrace.plan.model import Plan
from headrace.schedule import crons, next_runs, schedule_text, trigger_text
from headrace.schedule.words import BY_HAND, OFF, data_text

Schedule = Mapping[str, Any]
SHOWN_RUNS = 3
#: Past runs are counted up to here.
MOST_BACKFILLED = 1_000
_RATE_SAMPLE = 64
_REPLACED = ("Airflow takes it for a new DAG: it begins paused, and runs under the old name stay behind",)
#: What of a schedule decides how many runs and tasks are under way at once, and not when they start.
_LIMITS = {"max_active_runs", "max_active_tasks", "backfill"}


def schedule_change(
    before: Plan | None, after: Plan | None, now: datetime, *, renamed: bool = False
) -> ScheduleChange | None:
    """When the pipeline's DAG runs, before and after; None if that stays. `now` is an aware time.

    A DAG that is `renamed` is a new one to Airflow.
    """
    old: Schedule | None = before.spec["schedule"] if before else None
    new: Schedule | None = after.spec["schedule"] if after else None
    if old is not None and new is not None and not renamed and _timing(old) == _timing(new):
        return None
    backfill, is_more = _backfill(None if renamed else old, new, now)
    return ScheduleChange(
        fate="renamed" if renamed else _fate(old, new),
        before=text(old),
        after=text(new),
        next_before=_moments(old, now),
        next_after=_moments(new, now),
        backfill=backfill,
        backfill_is_more=is_more,
        times_as_often=_times_as_often(old, new, now),
        notes=(*_REPLACED * renamed, *_notes(old, new, now, backfill)),
    )


def text(schedule: Schedule | None) -> str:
    """A schedule in a few words: `0 6 * * * in America/New_York from 2024-01-01`."""
    return "" if schedule is None else schedule_text(schedule)


def starts_by_itself(schedule: Schedule) -> bool:
    """Whether anything but a person starts a run."""
    return trigger_text(schedule) not in (BY_HAND, OFF)


def _timing(schedule: Schedule) -> dict[str, Any]:
    return {key: value for key, value in schedule.items() if key not in _LIMITS}


def _fate(old: Schedule | None, new: Schedule | None) -> Any:
    if old is None or new is None:
        return "added" if old is None else "removed"
    return "rescheduled" if starts_by_itself(new) else "by hand"


def _is_regular(schedule: Schedule | None) -> bool:
    """Whether the clock starts runs at moments that can be told."""
    return schedule is not None and starts_by_itself(schedule) and bool(crons(schedule) or schedule.get("every"))


def _moments(schedule: Schedule | None, now: datetime) -> tuple[Moment, ...]:
    if schedule is None:
        return ()
    zone = ZoneInfo(schedule["timezone"])
    return tuple(_moment(moment, zone) for moment in next_runs(schedule, now, SHOWN_RUNS))


def _moment(moment: datetime, zone: ZoneInfo) -> Moment:
    local = moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    return Moment(local, moment.astimezone(UTC).isoformat(sep=" ", timespec="minutes"))


def _backfill(old: Schedule | None, new: Schedule | None, now: datetime) -> tuple[int | None, bool]:
    """Runs for the past that Airflow starts by itself: those since `start` of a DAG that did not run before.

    A DAG that has run goes on after its last run, so an earlier start brings no run back.
    """
    if new is None or not new["catchup"] or not _is_regular(new) or new["start"] is None:
        return None, False
    if old is not None and _is_regular(old) and old["catchup"] and old["start"] == new["start"]:
        return None, False
    start = datetime.combine(date.fromisoformat(new["start"]), time(), ZoneInfo(new["timezone"]))
    past = next_runs(new, start.astimezone(UTC), MOST_BACKFILLED + 1)
    count = sum(moment <= now for moment in past)
    return min(count, MOST_BACKFILLED), count > MOST_BACKFILLED


def _times_as_often(old: Schedule | None, new: Schedule | None, now: datetime) -> float | None:
    before, after = _interval(old, now), _interval(new, now)
    if before is None or after is None:
        return None
    ratio = before / after
    return None if 0.95 < ratio < 1.05 else float(f"{ratio:.2g}")  # changes of clocks make it uneven


def _interval(schedule: Schedule | None, now: datetime) -> timedelta | None:
    """Mean time between runs; None where there are not two."""
    if schedule is None or not _is_regular(schedule):
        return None
    endless = {**schedule, "end": None, "start": None, "blackout": ()}
    moments = next_runs(endless, now, _RATE_SAMPLE)
    return (moments[-1] - moments[0]) / (len(moments) - 1) if len(moments) > 1 else None


def _notes(old: Schedule | None, new: Schedule | None, now: datetime, backfill: int | None) -> Iterator[str]:
    if old is None:
        yield "Airflow shows a new DAG paused, and it runs nothing until somebody unpauses it"
    if new is None:
        yield "its runs so far stay in Airflow's database; what is running ends as it began"
        return
    if _is_regular(new) and not data_text(new) and not next_runs(new, now, 1):
        yield "it has no run from now on"
    if data := starts_by_itself(new) and data_text(new):
        yield f"a run starts {data}, at no moment that can be told"
    if old is None or not _is_regular(old) or not _is_regular(new):
        return
    if new["start"] and old["start"] and new["start"] < old["start"] and backfill is None:
        yield "the earlier start brings no past run back: Airflow goes on from now"
    if old["catchup"] and not new["catchup"]:
        yield "missed runs are no longer made up for"
    if old["timezone"] != new["timezone"]:
        yield f"data intervals begin and end at {new['timezone']}'s midnight and clock changes"
