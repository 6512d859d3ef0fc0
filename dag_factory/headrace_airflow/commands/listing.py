"""`headrace dags list`: what runs when."""

from __future__ import annotations

from datetime import UTC, datetime

from headrace.errors import ConfigError
from headrace.plan.cache import Compiled
from headrace.project import Project
from headrace_airflow.freshness import PATIENCE, up_to_date
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import ScheduleSpec
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
    schedule = spec.schedule
    if schedule.cron is None:
        return (result.name, "by hand", "", "", stages, "ok")
    try:
        moment = next_run(schedule, now)
    except ValueError as error:  # Airflow's parser refuses the expression
        return (result.name, schedule.cron, schedule.timezone, "", stages, f"broken: {error}")
    following = f"{moment:%Y-%m-%d %H:%M %Z}" if moment else "ended"
    return (result.name, schedule.cron, schedule.timezone, following, stages, "ok")


def next_run(schedule: ScheduleSpec, now: datetime) -> datetime | None:
    """When the schedule next starts a run, in its own zone; none if it has ended. ValueError for a bad expression.

    A DAG that Airflow sees for the first time also runs once for the interval that ended last.
    """
    from airflow.sdk.exceptions import AirflowTimetableInvalid
    from airflow.timetables.base import TimeRestriction
    from airflow.timetables.interval import CronDataIntervalTimetable
    from pendulum import instance, timezone

    from headrace_airflow.build.schedule import first_moment, last_moment

    assert schedule.cron
    zone = timezone(schedule.timezone)
    timetable = CronDataIntervalTimetable(schedule.cron, zone)
    try:
        timetable.validate()
    except AirflowTimetableInvalid as error:
        raise ValueError(str(error)) from None
    start, end = first_moment(schedule.start, schedule.timezone), last_moment(schedule.end, schedule.timezone)
    last = timetable.infer_manual_data_interval(run_after=instance(now))
    restriction = TimeRestriction(instance(start) if start else None, instance(end) if end else None, catchup=True)
    info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
    return info.run_after.in_timezone(zone) if info else None


def _broken(problems: int) -> str:
    return f"broken: {problems} problem{'' if problems == 1 else 's'}, see `headrace dags check`"
