"""Plan -> when runs start."""

from __future__ import annotations

from headrace.config.schema.schedule import Schedule
from headrace.errors import ConfigError, Diagnostic
from headrace.plan.model import Plan
from headrace_airflow.spec.model import ScheduleSpec


def schedule_spec(plan: Plan, schedule: Schedule) -> ScheduleSpec:
    """The schedule; ConfigError for one that could never start a run."""
    _check(plan, schedule)
    return ScheduleSpec(
        cron=schedule.cron,
        timezone=schedule.timezone,
        start=schedule.start.isoformat() if schedule.start else None,
        end=schedule.end.isoformat() if schedule.end else None,
        catchup=schedule.catchup,
    )


def _check(plan: Plan, schedule: Schedule) -> None:
    problems = []
    if schedule.catchup and schedule.cron and schedule.start is None:
        problems.append(("schedule.catchup", "catchup has no day to begin with", "add schedule.start"))
    if schedule.start and schedule.end and schedule.end < schedule.start:
        problems.append(("schedule.end", f"the schedule ends ({schedule.end}) before it starts ({schedule.start})", ""))
    if problems:
        raise ConfigError(
            Diagnostic("HR144", message, plan.place_of(key), remedy, pipeline=plan.pipeline)
            for key, message, remedy in problems
        )
