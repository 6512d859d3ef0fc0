"""The moments of a plain cron, told quickly: croniter reads the expression once, and not again for every moment.

The rules are Airflow's: see `headrace.schedule`, which tells the same moments, and the test that holds both together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from headrace.schedule import PRESETS

#: Days that are looked at for the next one that fits: a leap day may be eight years away.
_FARTHEST = 366 * 9


class Fields(NamedTuple):
    """A cron expression of five plain fields."""

    minutes: Sequence[int]
    """Of a day on which it fires: all its minutes, counted from midnight."""
    days: frozenset[int] | None
    """Of the month; None: any."""
    months: frozenset[int] | None
    weekdays: frozenset[int] | None
    """0: Sunday."""
    hourly: bool
    """Whether it fires in every hour: then it goes by elapsed time."""

    def fires_on(self, day: date) -> bool:
        """Whether it fires on that day; with days of the month and of the week, either will do."""
        if self.months is not None and day.month not in self.months:
            return False
        weekday = day.isoweekday() % 7
        if self.days is None or self.weekdays is None:
            return (self.days is None or day.day in self.days) and (self.weekdays is None or weekday in self.weekdays)
        return day.day in self.days or weekday in self.weekdays

    def fires_at(self, wall: datetime) -> bool:
        """Whether it names that wall time."""
        return self.fires_on(wall.date()) and wall.hour * 60 + wall.minute in self.minutes

    def after(self, wall: datetime) -> datetime | None:
        """The next wall time later than this one that it names; none within nine years."""
        day = wall.date()
        index = bisect_right(self.minutes, wall.hour * 60 + wall.minute) if self.fires_on(day) else len(self.minutes)
        for _ in range(_FARTHEST):
            if index < len(self.minutes):
                minute = self.minutes[index]
                return datetime.combine(day, time(minute // 60, minute % 60))
            day += timedelta(days=1)
            index = 0 if self.fires_on(day) else len(self.minutes)
        return None


def fields(expression: str) -> Fields | None:
    """The fields; none for an expression with more than five or with signs such as `L` and `#`."""
    from croniter import croniter

    iterator = croniter(PRESETS.get(expression, expression))
    expanded: list[list[Any]] = iterator.expanded
    plain = all(isinstance(item, int) or item == "*" for field in expanded for item in field)
    if len(expanded) != 5 or not plain or iterator.nth_weekday_of_month:
        return None
    minutes, hours, days, months, weekdays = (None if "*" in field else frozenset(field) for field in expanded)
    of_day = sorted(
        hour * 60 + minute
        for hour in (range(24) if hours is None else hours)
        for minute in (range(60) if minutes is None else minutes)
    )
    week = None if weekdays is None else frozenset(day % 7 for day in weekdays)
    return Fields(of_day, days, months, week, hours is None)


def ticks(cron: Fields, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """The moments later than `after` (aware), in UTC; ends where there are no more within nine years."""
    current = after.astimezone(UTC)
    wall = _wall(current, zone)
    while (onward := cron.after(wall)) is not None:
        if cron.hourly:
            following = current + (onward - wall)
            wall = _wall(following, zone)
        else:
            following, wall = _moment(onward, zone)
        if following <= current:  # the repeated hour leads back to itself
            wall = onward
            continue
        current = following
        yield current


def _wall(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _moment(wall: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """A wall time in UTC, and what clocks show then: the second of a repeated one, an hour later for a skipped one."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC), wall
    moment = second.astimezone(UTC)
    if _wall(moment, zone) != wall:  # skipped: count from before the gap
        moment = first.astimezone(UTC)
    return moment, _wall(moment, zone)
