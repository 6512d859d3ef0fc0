"""ScheduleSpec -> Airflow's schedule."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from pendulum import timezone

from headrace_airflow.spec.model import ScheduleSpec
from headrace_airflow.versions import find


def schedule_arguments(schedule: ScheduleSpec) -> dict[str, Any]:
    """What a DAG is told of its schedule. Raises what Airflow raises for values that it refuses."""
    return {
        "schedule": find("CronDataIntervalTimetable")(schedule.cron, timezone=schedule.timezone)
        if schedule.cron
        else None,
        "start_date": first_moment(schedule.start, schedule.timezone),
        "end_date": last_moment(schedule.end, schedule.timezone),
        "catchup": schedule.catchup,
    }


def first_moment(day: str | None, zone: str) -> datetime | None:
    """Midnight at the beginning of a day, in that zone."""
    return datetime.combine(date.fromisoformat(day), time.min, timezone(zone)) if day else None


def last_moment(day: str | None, zone: str) -> datetime | None:
    """The end of a day, in that zone: the last day belongs to the schedule as a whole."""
    return datetime.combine(date.fromisoformat(day), time.max, timezone(zone)) if day else None
