"""`headrace dags list`: what runs when. Needs neither a database nor Airflow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from headrace.change.schedules import text as schedule_text
from headrace.errors import EXIT_OK, ConfigError, Diagnostic
from headrace.plan.cache import Compiled
from headrace.project import Project
from headrace_airflow.commands.upcoming import upcoming
from headrace_airflow.freshness import PATIENCE, up_to_date
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.table import aligned

_HEAD = ("pipeline", "schedule", "next run", "tasks", "state")
_NO_CLOCK = ""


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
        next_shown=f"{runs[0].local:%Y-%m-%d %H:%M %Z}" if runs else "ended" if schedule["cron"] else _NO_CLOCK,
        tasks=len(spec.tasks),
        stages=len(result.plan.stages),
    )


def _broken(name: str, diagnostics: Sequence[Diagnostic]) -> Listed:
    return Listed(name, "broken", len(diagnostics))


def _row(item: Listed) -> tuple[str, ...]:
    if item.problems:
        state = f"broken: {item.problems} problem{'' if item.problems == 1 else 's'}, see `headrace dags check`"
        return (item.pipeline, "", "", "", state)
    return (item.pipeline, item.schedule, item.next_shown, str(item.tasks), item.state)
