"""Plan -> when runs start."""

from __future__ import annotations

from headrace.clock import parse_duration
from headrace.config.schema.schedule import Schedule
from headrace.errors import ConfigError, Diagnostic
from headrace.plan.model import Plan
from headrace.schedule.assets import condition_of
from headrace_airflow.spec.model import ScheduleSpec


def schedule_spec(plan: Plan, schedule: Schedule) -> ScheduleSpec:
    """The schedule; ConfigError for one that could never start a run."""
    _check(plan, schedule)
    limits = ScheduleSpec(timezone=schedule.timezone, max_active_tasks=schedule.max_active_tasks)
    if not schedule.enabled:
        return limits
    written = schedule.model_dump(mode="json")
    cron, timetable = schedule.cron, schedule.timetable
    several = cron if isinstance(cron, tuple) else ()
    return limits._replace(
        cron=several[0] if len(several) == 1 else None if isinstance(cron, tuple) else cron,
        crons=several if len(several) > 1 else (),
        every=parse_duration(schedule.every).total_seconds() if schedule.every else None,
        continuous=schedule.continuous,
        once=schedule.once,
        timetable=timetable.name if timetable else None,
        params=dict(timetable.params) if timetable else {},
        assets=condition_of(written),
        partition=schedule.partition.by if schedule.partition else None,
        upstream=schedule.partition.upstream if schedule.partition else None,
        start=schedule.start.isoformat() if schedule.start else None,
        end=schedule.end.isoformat() if schedule.end else None,
        catchup=schedule.catchup,
        blackout=tuple({key: value for key, value in window.items() if value} for window in written["blackout"]),
    )


def _check(plan: Plan, schedule: Schedule) -> None:
    problems = []
    if schedule.catchup and schedule.cron and schedule.start is None and schedule.enabled:
        problems.append(("schedule.catchup", "catchup has no day to begin with", "add schedule.start"))
    if schedule.start and schedule.end and schedule.end < schedule.start:
        problems.append(("schedule.end", f"the schedule ends ({schedule.end}) before it starts ({schedule.start})", ""))
    if problems:
        raise ConfigError(
            Diagnostic("HR144", message, plan.place_of(key), remedy, pipeline=plan.pipeline)
            for key, message, remedy in problems
        )
