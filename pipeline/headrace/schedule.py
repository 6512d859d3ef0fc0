"""When a schedule fires: the moments at which Airflow starts a run, told without importing Airflow.

The rules are those of Airflow's `CronDataIntervalTimetable` (airflow/timetables/_cron.py): cron is read on the wall
clock of the schedule's zone; a run has the time between two moments of the cron as its data and starts at the later
one; a wall time that a change of clocks repeats is its second occurrence, one that it skips is an hour later; a cron
that fires every hour goes by elapsed time, so that no hour of the day is left out or doubled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}


def cron_problem(cron: str) -> str:
    """What is wrong with a cron expression, in croniter's words; empty if nothing is."""
    from croniter import croniter
    from croniter.croniter import CroniterError

    try:
        croniter(_fields(cron))
    except (CroniterError, ValueError, KeyError, IndexError) as error:
        return str(error) or type(error).__name__
    return ""


def ticks(schedule: Mapping[str, Any], after: datetime) -> Iterator[datetime]:
    """The moments of a schedule's cron later than `after` (aware), in UTC, heeding neither `start` nor `end`.

    Ends where croniter finds no more within fifty years. `schedule` has `cron` and `timezone` as in a plan.
    """
    from zoneinfo import ZoneInfo

    from croniter import croniter
    from croniter.croniter import CroniterBadDateError

    if not schedule.get("cron"):
        return
    zone = ZoneInfo(schedule.get("timezone") or "UTC")
    expression = _fields(schedule["cron"])
    hourly = croniter(expression).expanded[1] == ["*"]
    current = after.astimezone(UTC)
    while True:
        wall = current.astimezone(zone).replace(tzinfo=None)
        try:
            onward: datetime = croniter(expression, start_time=wall).get_next(datetime)
        except CroniterBadDateError:
            return
        following = current + (onward - wall) if hourly else _moment(onward, zone)
        while following <= current:  # the repeated hour leads back to itself
            onward = croniter(expression, start_time=onward).get_next(datetime)
            following = _moment(onward, zone)
        current = following
        yield current


def next_runs(schedule: Mapping[str, Any], after: datetime, count: int) -> list[datetime]:
    """The next moments, at most `count`, at which a run starts by itself later than `after` (aware); in UTC.

    `schedule` is a plan's: `cron`, `timezone`, and `start` and `end`, the first and the last day whose data has a run.
    """
    return list(islice(_runs(schedule, after), count))


def _runs(schedule: Mapping[str, Any], after: datetime) -> Iterator[datetime]:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(schedule.get("timezone") or "UTC")
    start, end = _day(schedule.get("start")), _day(schedule.get("end"))
    first = datetime.combine(start, time.min, zone).astimezone(UTC) if start else None
    last = datetime.combine(end, time.max, zone).astimezone(UTC) if end else None
    # Without a start the data of the first run begins at the tick before it, which has no bound to heed.
    begin = max(first - timedelta(microseconds=1), after - timedelta(days=1)) if first else after
    previous = None
    for tick in ticks(schedule, begin):
        if first and previous is None:
            previous = _tick_before(schedule, tick, first)
        opened, previous = previous, tick
        if first and opened is None:
            continue
        if last and opened is not None and opened > last:
            return
        if last and opened is None and tick > last:
            return
        if tick > after:
            yield tick


def _tick_before(schedule: Mapping[str, Any], tick: datetime, first: datetime) -> datetime | None:
    """The tick before this one, if the schedule had begun by then."""
    before = None
    for step in (timedelta(hours=2), timedelta(days=2), timedelta(days=40), timedelta(days=400)):
        for earlier in ticks(schedule, tick - step):
            if earlier >= tick:
                break
            before = earlier
        if before is not None:
            break
    return before if before is not None and before >= first else None


def _fields(cron: str) -> str:
    return PRESETS.get(cron, cron)


def _moment(wall: datetime, zone: tzinfo) -> datetime:
    """A wall time in UTC: the second of a repeated one, an hour later for a skipped one."""
    moment = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) != wall:  # skipped: count from before the gap
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return moment


def _day(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
