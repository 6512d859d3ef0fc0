"""ScheduleSpec -> Airflow's schedule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from pendulum import timezone

from headrace_airflow.spec.model import ScheduleSpec


def schedule_arguments(schedule: ScheduleSpec) -> dict[str, Any]:
    """What a DAG is told of its schedule. Raises what Airflow raises for values that it refuses."""
    first, last = run_bounds(schedule)
    limits = {} if schedule.max_active_tasks is None else {"max_active_tasks": schedule.max_active_tasks}
    return {
        "schedule": _schedule(schedule),
        "start_date": first,
        "end_date": last,
        "catchup": schedule.catchup,
        **limits,
    }


def clock(schedule: ScheduleSpec) -> Any:
    """The timetable of the schedule's clock; None if it has none. TimetableError for one that Airflow cannot store."""
    if schedule.cron is None and not schedule.blackout:
        return _rarer_clock(schedule)
    if schedule.blackout:
        from headrace_airflow.timetables import with_blackout

        return with_blackout(clock(schedule._replace(blackout=())), schedule.blackout, schedule.timezone)
    if schedule.partition:
        from airflow.sdk import CronPartitionTimetable

        from headrace.schedule.partitions import KEY_FORMATS

        # A run stands for the partition that has just ended: the one of the fire before.
        key_format = KEY_FORMATS[schedule.partition]
        return CronPartitionTimetable(
            schedule.cron or "", timezone=schedule.timezone, run_offset=-1, key_format=key_format
        )
    from airflow.sdk import CronDataIntervalTimetable

    return CronDataIntervalTimetable(schedule.cron or "", timezone=schedule.timezone)


def _rarer_clock(schedule: ScheduleSpec) -> Any:
    if schedule.crons:
        from airflow.sdk import MultipleCronTriggerTimetable

        return MultipleCronTriggerTimetable(*schedule.crons, timezone=schedule.timezone)
    if schedule.every is not None:
        from airflow.sdk import DeltaDataIntervalTimetable

        return DeltaDataIntervalTimetable(timedelta(seconds=schedule.every))
    if schedule.timetable is not None:
        from headrace_airflow.timetables import named_timetable

        return named_timetable(schedule.timetable, schedule.params)
    return "@continuous" if schedule.continuous else "@once" if schedule.once else None


def _schedule(schedule: ScheduleSpec) -> Any:
    if schedule.assets is not None:
        return _data(schedule, schedule.assets)
    if schedule.partition == "key":
        from airflow.sdk import PartitionedAtRuntime

        return PartitionedAtRuntime()
    return clock(schedule)


def _data(schedule: ScheduleSpec, assets: Mapping[str, Any]) -> Any:
    from headrace_airflow.build.assets import build_condition, build_mapper

    condition = build_condition(assets)
    if schedule.partition is not None:
        from airflow.sdk import PartitionedAssetTimetable

        return PartitionedAssetTimetable(assets=condition, default_partition_mapper=build_mapper(schedule))
    timetable = clock(schedule)
    if timetable is None:
        return condition
    from airflow.sdk import AssetOrTimeSchedule

    return AssetOrTimeSchedule(assets=condition, timetable=timetable)


def run_bounds(schedule: ScheduleSpec) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment that Airflow is given, in the schedule's zone.

    For Airflow they bound the beginning of a run's data; for partitions the run itself, which comes after its data.
    """
    first, last = first_moment(schedule.start, schedule.timezone), last_moment(schedule.end, schedule.timezone)
    if schedule.cron is None or schedule.partition is None or (first is None and last is None):
        return first, last
    from headrace.schedule.partitions import end_of_partition, last_run_of

    by, zone = schedule.partition, schedule.timezone
    place = timezone(zone)
    return (
        end_of_partition(first, by, zone).astimezone(place) if first else None,
        last_run_of(last, by, zone).astimezone(place) if last else None,
    )


def first_moment(day: str | None, zone: str) -> datetime | None:
    """Midnight at the beginning of a day, in that zone."""
    return datetime.combine(date.fromisoformat(day), time.min, timezone(zone)) if day else None


def last_moment(day: str | None, zone: str) -> datetime | None:
    """The end of a day, in that zone: the last day belongs to the schedule as a whole."""
    return datetime.combine(date.fromisoformat(day), time.max, timezone(zone)) if day else None
