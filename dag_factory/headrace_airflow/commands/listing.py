"""`headrace dags list`: what runs when. Needs neither a database nor Airflow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from headrace.change.schedules import text as schedule_text
from headrace.counted import counted
from headrace.errors import EXIT_OK, ConfigError, Diagnostic
from headrace.plan.cache import Compiled
from headrace.project import Project
from headrace.schedule import trigger_text
from headrace.schedule.words import BY_HAND, OFF, data_text
from headrace_airflow.commands.upcoming import upcoming
from headrace_airflow.freshness import PATIENCE, up_to_date
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.summary import summarised
from headrace_airflow.table import aligned

_HEAD = ("pipeline", "schedule", "next run", "tasks", "state")


@dataclass(frozen=True, slots=True)
class Listed:
    """One pipeline's line."""

    pipeline: str
    state: str
    """`ok` or `broken`."""
    problems: int = 0
    schedule: str = ""
    next_run: str | None = None
    """Start of the next run that the clock brings, ISO 8601 in the schedule's zone; none if none comes."""
    next_shown: str = ""
    tasks: int = 0
    stages: int = 0


def list_dags(project: Project, now: datetime, *, as_json: bool) -> int:
    """Print one line for each pipeline, or one JSON document."""
    listed = [_listed(result, now) for result in up_to_date(project, project.pipelines(), PATIENCE)]
    if as_json:
        rows = [{key: value for key, value in asdict(item).items() if key != "next_shown"} for item in listed]
        print(json.dumps({"format": 1, "pipelines": rows}, indent=2, ensure_ascii=False))
    elif listed:
        print(aligned([_HEAD, *(_row(item) for item in listed)]))
    else:
        print(f"no pipelines yet: add a file to {project.conf / 'pipeline'}")
    return EXIT_OK


def _listed(result: Compiled, now: datetime) -> Listed:
    if result.plan is None:
        return _broken(result.name, result.diagnostics)
    try:
        spec = dag_spec(result.plan)
    except ConfigError as error:
        return _broken(result.name, error.diagnostics)
    schedule = result.plan.spec["schedule"]
    runs = upcoming(schedule, now, 1)
    return Listed(
        pipeline=result.name,
        state="ok",
        schedule=schedule_text(schedule),
        next_run=runs[0].local.isoformat() if runs else None,
        next_shown=next_run(schedule, now),
        tasks=len(spec.tasks) + bool(summarised(spec)),
        stages=len(result.plan.stages),
    )


def next_run(schedule: Mapping[str, Any], now: datetime) -> str:
    """When a run next starts by itself: a moment in the schedule's zone, or what starts it; empty if nothing does.

    `schedule` is a plan's. A DAG that Airflow sees for the first time also runs once for the interval that ended last.
    """
    if trigger_text(schedule) in (BY_HAND, OFF):
        return ""
    runs = upcoming(schedule, now, 1)
    moment = f"{runs[0].local:%Y-%m-%d %H:%M %Z}" if runs else _unclocked(schedule)
    return " or ".join(filter(None, (moment, data_text(schedule)))) or "ended"


def _unclocked(schedule: Mapping[str, Any]) -> str:
    """What the clock does where its moments cannot be told."""
    if schedule.get("continuous"):
        return "after the last run"
    if schedule.get("once"):
        return "ended" if schedule.get("start") else "at once"
    return "as its timetable says" if schedule.get("timetable") else ""


def _broken(name: str, diagnostics: Sequence[Diagnostic]) -> Listed:
    return Listed(name, "broken", len(diagnostics))


def _row(item: Listed) -> tuple[str, ...]:
    if item.problems:
        state = f"broken: {counted(item.problems, 'problem')}, see `headrace dags check`"
        return (item.pipeline, "", "", "", state)
    return (item.pipeline, item.schedule, item.next_shown, str(item.tasks), item.state)
