"""When a cron expression fires, as Airflow reads it, told without importing Airflow.

The rules are those of airflow/timetables/_cron.py: cron is read on the wall clock of the schedule's zone; a wall time
that a change of clocks repeats is its second occurrence, one that it skips is an hour later; a cron that fires every
hour goes by elapsed time, so that no hour of the day is left out or doubled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from heapq import merge
from itertools import groupby, pairwise
from typing import Any, NamedTuple

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


def crons(schedule: Mapping[str, Any]) -> tuple[str, ...]:
    """The cron expressions of a schedule: none, one or several."""
    cron = schedule.get("cron")
    return (cron,) if isinstance(cron, str) else tuple(cron or ())


def ticks(schedule: Mapping[str, Any], after: datetime) -> Iterator[datetime]:
    """The moments of a schedule's crons later than `after` (aware), in UTC, heeding neither `start` nor `end`.

    Ends where croniter finds no more within fifty years. `schedule` has `cron` and `timezone` as in a plan. A moment
    at which several crons fire comes once.
    """
    zone = schedule.get("timezone") or "UTC"
    each = [_ticks(cron, zone, after) for cron in crons(schedule)]
    return each[0] if len(each) == 1 else (moment for moment, _ in groupby(merge(*each)))


def _ticks(cron: str, zone_name: str, after: datetime) -> Iterator[datetime]:
    from zoneinfo import ZoneInfo

    from croniter import croniter
    from croniter.croniter import CroniterBadDateError

    zone, expression = ZoneInfo(zone_name), _fields(cron)
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


def _fields(cron: str) -> str:
    return PRESETS.get(cron, cron)


def _moment(wall: datetime, zone: tzinfo) -> datetime:
    """A wall time in UTC: the second of a repeated one, an hour later for a skipped one."""
    moment = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) != wall:  # skipped: count from before the gap
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return moment


class SkippedFire(NamedTuple):
    """A fire in an hour that a change of clocks skips."""

    wall: datetime
    """When it would be."""
    moved: datetime
    """When it is: as much later as is skipped."""
    merged: bool
    """Whether one of the crons fires at that time anyway, so that both are one run."""


def skipped_fire(cron: str, zone_name: str, beside: Sequence[str] = ()) -> SkippedFire | None:
    """The first fire of a cron, within a year, in an hour that a change of clocks skips, as wall times; None if none.

    A cron that fires every hour is not asked: it goes by elapsed time. `beside`: the other crons of the schedule.
    """
    from croniter import croniter

    if zone_name == "UTC" or croniter(_fields(cron)).expanded[1] == ["*"]:
        return None
    for before, after in _gaps(zone_name):
        fire: datetime = croniter(_fields(cron), start_time=before - timedelta(minutes=1)).get_next(datetime)
        if before <= fire < after:
            moved = fire + (after - before)
            return SkippedFire(fire, moved, any(croniter.match(_fields(each), moved) for each in (cron, *beside)))
    return None


@lru_cache(maxsize=64)
def _gaps(zone_name: str) -> tuple[tuple[datetime, datetime], ...]:
    """The wall times that a zone skips within a year: the first one that is not, and the first one that is again."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(zone_name)
    step = timedelta(minutes=30)
    walls = [(datetime(2026, 1, 1, tzinfo=UTC) + step * each).astimezone(zone) for each in range(366 * 48)]
    plain = [wall.replace(tzinfo=None) for wall in walls]
    return tuple((early + step, late) for early, late in pairwise(plain) if late - early > step)
