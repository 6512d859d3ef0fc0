"""`headrace dags list`: what runs when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from headrace.errors import ConfigError
from headrace.plan.cache import Compiled
from headrace.project import Project
from headrace.schedule import next_runs, trigger_text
from headrace.schedule.words import BY_HAND, OFF, data_text
from headrace_airflow.freshness import PATIENCE, up_to_date
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.table import aligned

_HEAD = ("pipeline", "schedule", "zone", "next run", "stages", "state")


def list_dags(project: Project) -> int:
    """Print one line for each pipeline; needs no database."""
    results = up_to_date(project, project.pipelines(), PATIENCE)
    if not results:
        print(f"no pipelines yet: add a file to {project.conf / 'pipeline'}")
        return 0
    now = datetime.now(UTC)
    print(aligned([_HEAD, *(_row(result, now) for result in results)]))
    return 0


def _row(result: Compiled, now: datetime) -> tuple[str, ...]:
    if result.plan is None:
        return (result.name, "", "", "", "", _broken(len(result.diagnostics)))
    stages = str(len(result.plan.stages)) + (" in one task" if result.plan.spec["runtime"]["fuse"] else "")
    try:
        spec = dag_spec(result.plan)
    except ConfigError as error:
        return (result.name, "", "", "", stages, _broken(len(error.diagnostics)))
    schedule = result.plan.spec["schedule"]
    zone = spec.schedule.timezone if spec.schedule.cron or spec.schedule.crons else ""
    return (result.name, trigger_text(schedule), zone, next_run(schedule, now), stages, "ok")


def next_run(schedule: Mapping[str, Any], now: datetime) -> str:
    """When a run next starts by itself: a moment in the schedule's zone, or what starts it; empty if nothing does.

    `schedule` is a plan's. A DAG that Airflow sees for the first time also runs once for the interval that ended last.
    """
    if trigger_text(schedule) in (BY_HAND, OFF):
        return ""
    moments = next_runs(schedule, now, 1)
    moment = f"{moments[0].astimezone(ZoneInfo(schedule['timezone'])):%Y-%m-%d %H:%M %Z}" if moments else ""
    return " or ".join(filter(None, (moment or _unclocked(schedule), data_text(schedule)))) or "ended"


def _unclocked(schedule: Mapping[str, Any]) -> str:
    """What the clock does where its moments cannot be told."""
    if schedule.get("continuous"):
        return "after the last run"
    if schedule.get("once"):
        return "ended" if schedule.get("start") else "at once"
    return "as its timetable says" if schedule.get("timetable") else ""


def _broken(problems: int) -> str:
    return f"broken: {problems} problem{'' if problems == 1 else 's'}, see `headrace dags check`"
