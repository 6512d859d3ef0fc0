"""A year of a schedule: the runs that Airflow's own timetable starts, one after another.

Airflow takes 0.4 ms for each run, and a fleet has tens of thousands in a year. So a cron's moments are told by `cron`
in a fiftieth of that, and Airflow is asked at the first, around every change of clocks, and at the last. Where it says
otherwise, and for every timetable that is no cron, it is asked for each run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.cron import Fields, fields, ticks
from headrace_airflow.commands.checking.findings import Subject, Year

if TYPE_CHECKING:
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.timetables.base import TimeRestriction, Timetable

_YEAR = timedelta(days=365)
#: Counting stops here: a run every half an hour.
MOST = 20_000
#: As many of Airflow's own steps, each of which takes 0.4 ms.
MOST_STEPS = 2_000


class Simulator:
    """Looks at schedules from one moment on; equal schedules are looked at once."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self._seen: dict[str, tuple[Year, tuple[Diagnostic, ...]]] = {}

    @property
    def now(self) -> datetime:
        """The moment that is looked from, in UTC."""
        return self._now

    def year(self, subject: Subject) -> tuple[Year, tuple[Diagnostic, ...]]:
        """The runs of the year from now on, and what is wrong with the schedule."""
        stored = subject.stored
        if stored is None or not stored.timetable.can_be_scheduled or not stored.timetable.periodic:
            return Year(), ()
        zone = _zone_of(subject, stored.timetable)
        key = f"{_signature(stored)} {zone}"
        if key not in self._seen:
            self._seen[key] = self._look(stored, zone)
        year, found = self._seen[key]
        place = subject.place("schedule.cron")
        return year, tuple(replace(problem, place=place) for problem in found)

    def _look(self, stored: SerializedDAG, zone: tzinfo) -> tuple[Year, tuple[Diagnostic, ...]]:
        timetable = stored.timetable
        try:
            moments, more = self._moments(timetable, _restriction(stored))
        except Exception as error:  # noqa: BLE001 - the scheduler would meet the same
            return Year(), (Diagnostic("HR715", f"Airflow's timetable fails: {type(error).__name__}: {error}"),)
        if moments is None:
            message = f"the schedule {timetable.summary} does not advance: the scheduler would start a run for ever"
            return Year(), (Diagnostic("HR715", message),)
        if not moments:
            return Year(0), (Diagnostic("HR716", "the schedule starts no run within a year", severity="warning"),)
        first = moments[0].astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
        return Year(len(moments), more, first, tuple(_clock_notes(moments, zone, _crons(timetable)))), ()

    def _moments(self, timetable: Timetable, restriction: TimeRestriction) -> tuple[Sequence[datetime] | None, bool]:
        """When runs start within the year, and whether there are more; none for a timetable that stands still."""
        expression = _cron(timetable)
        if expression is not None:
            told = self._told(expression, timetable, restriction)
            if self._agrees(timetable, restriction, *told):
                return told
        return self._asked(timetable, restriction)

    def _told(self, cron: Fields, timetable: Timetable, restriction: TimeRestriction) -> tuple[list[datetime], bool]:
        """The moments by the cron's own rules, from the next one on."""
        end = self._now + _YEAR
        found: list[datetime] = []
        earliest = _plain(restriction.earliest) if restriction.earliest else None
        latest = _plain(restriction.latest) if restriction.latest else None
        begin = max(self._now, earliest - timedelta(microseconds=1)) if earliest else self._now
        zone, opened = _zone(timetable), begin <= self._now or _starts_at_once(timetable)
        for tick in ticks(cron, zone, begin):
            if tick > end or (latest is not None and found and found[-1] > latest):
                return found, False
            if len(found) >= MOST:
                return found, True
            if opened:
                found.append(tick)
            opened = True
        return found, False

    def _agrees(self, timetable: Timetable, restriction: TimeRestriction, told: Sequence[datetime], more: bool) -> bool:
        """Whether Airflow starts the same runs, in the places that are looked at."""
        if not told or told[0] != next(_runs(timetable, restriction, self._now), None):
            return False
        for index in _places(told, _zone(timetable)):
            if _after(timetable, restriction, told, index - 1) != told[index]:
                return False
        last = _after(timetable, restriction, told, len(told) - 1)
        return more or last is None or last > self._now + _YEAR

    def _asked(self, timetable: Timetable, restriction: TimeRestriction) -> tuple[Sequence[datetime] | None, bool]:
        """The moments as Airflow tells them, one after another."""
        found: list[datetime] = []
        for moment in _runs(timetable, restriction, self._now):
            if moment > self._now + _YEAR:
                return found, False
            if found and moment <= found[-1]:
                return None, False
            if len(found) >= MOST_STEPS:
                return found, True
            found.append(moment)
        return found, False


def _runs(timetable: Timetable, restriction: TimeRestriction, after: datetime) -> Iterator[datetime]:
    """When Airflow starts runs after a moment."""
    from pendulum import instance

    from headrace_airflow.timetables import interval_before

    begins_later = restriction.earliest is not None and restriction.earliest > after
    last = None if begins_later else interval_before(timetable, instance(after))
    for _ in range(MOST):
        info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
        if info is None or info.data_interval is None:
            return
        last = info.data_interval
        if info.run_after > after:
            yield _plain(info.run_after)
    raise ValueError(f"it is still before {after:%Y-%m-%d} after {MOST} steps")


def _after(timetable: Timetable, restriction: TimeRestriction, told: Sequence[datetime], index: int) -> datetime | None:
    """The run that Airflow starts after the one of that index."""
    from airflow.timetables.base import DataInterval
    from pendulum import instance

    before = told[index - 1] if index else told[index] - timedelta(minutes=1)
    last = DataInterval(instance(before), instance(told[index]))
    begun = restriction._replace(earliest=None)  # with a run behind it Airflow would look at it to no avail
    info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=begun)
    return _plain(info.run_after) if info is not None else None


def _restriction(stored: SerializedDAG) -> TimeRestriction:
    from airflow.timetables.base import TimeRestriction

    return TimeRestriction(_moment(stored.start_date), _moment(stored.end_date), catchup=True)


def _moment(value: datetime | None) -> Any:
    from pendulum import instance

    return instance(value) if value is not None else None


def _plain(moment: datetime) -> datetime:
    """Of the standard library and in UTC: pendulum's own lose their zone when they are reckoned with."""
    return datetime.fromtimestamp(moment.timestamp(), UTC)


def _signature(stored: SerializedDAG) -> str:
    from airflow.serialization.encoders import encode_timetable

    return f"{encode_timetable(stored.timetable)} {stored.start_date} {stored.end_date}"


def _cron(timetable: Timetable) -> Fields | None:
    """The fields of a plain cron, with data intervals or without; none for every other timetable."""
    from airflow.timetables.interval import CronDataIntervalTimetable
    from airflow.timetables.trigger import CronTriggerTimetable

    return fields(timetable.summary) if type(timetable) in (CronDataIntervalTimetable, CronTriggerTimetable) else None


def _starts_at_once(timetable: Timetable) -> bool:
    """Whether the first moment of the cron starts a run, and not only an interval of data."""
    from airflow.timetables.trigger import CronTriggerTimetable

    return isinstance(timetable, CronTriggerTimetable)


def _zone_of(subject: Subject, timetable: Timetable) -> tzinfo:
    """The zone that people read times of the schedule in: the pipeline's, which an interval has as well."""
    return _zone(timetable) if subject.plan is None else ZoneInfo(subject.plan.spec["schedule"]["timezone"])


def _zone(timetable: Timetable) -> tzinfo:
    """The timetable's zone: the standard library's, which is quicker than pendulum's."""
    first = next(iter(getattr(timetable, "_timetables", ())), timetable)  # of several crons, which share it
    zone: Any = getattr(first, "_timezone", UTC)
    try:
        return ZoneInfo(zone.name)
    except (AttributeError, TypeError, ValueError, OSError):  # a fixed offset has no name, or one that is no zone
        return zone if isinstance(zone, tzinfo) else UTC


def _places(told: Sequence[datetime], zone: tzinfo) -> list[int]:
    """Where Airflow is asked: on both sides of a change of clocks, and the last."""
    offsets = [moment.astimezone(zone).utcoffset() for moment in told]
    changed = [index for index, (before, after) in enumerate(pairwise(offsets), 1) if before != after]
    found = {len(told) - 1, *changed, *(index + 1 for index in changed)}
    return sorted(index for index in found if 1 <= index < len(told))


def _crons(timetable: Timetable) -> Sequence[Fields]:
    """The fields of all crons of a timetable; none where it has others besides."""
    from airflow.timetables.trigger import MultipleCronTriggerTimetable

    several = isinstance(timetable, MultipleCronTriggerTimetable)
    found = [_cron(one) for one in (getattr(timetable, "_timetables", ()) if several else [timetable])]
    return [cron for cron in found if cron is not None] if all(found) else []


def _clock_notes(moments: Sequence[datetime], zone: tzinfo, crons: Sequence[Fields]) -> Iterator[str]:
    """What changes of clocks do to the runs of the year. A cron that fires in every hour goes by elapsed time."""
    walls = [moment.astimezone(zone) for moment in moments]
    for before, after in pairwise(walls):
        if before.utcoffset() == after.utcoffset():
            continue
        plain = _bare(after)
        skipped = _skipped(_bare(before), plain, zone, crons)
        if skipped is not None:
            wall, moved = skipped
            run = "that of" if any(cron.fires_at(_bare(moved)) for cron in crons) else "at"
            yield f"{after:%Y-%m-%d}: clocks skip {wall:%H:%M}, its run is {run} {moved:%H:%M %Z}"
        elif after.fold and any(cron.fires_at(plain) and not cron.hourly for cron in crons):
            yield f"{after:%Y-%m-%d}: {after:%H:%M} comes twice, it runs at the second"


def _skipped(
    after: datetime, until: datetime, zone: tzinfo, crons: Sequence[Fields]
) -> tuple[datetime, datetime] | None:
    """The first wall time of a cron between two others that clocks skip, and when its run is instead."""
    for cron in crons:
        wall = cron.after(after) if not cron.hourly else None
        while wall is not None and wall < until:
            moved = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
            if _bare(moved) != wall:
                return wall, moved
            wall = cron.after(wall)
    return None


def _bare(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None, fold=0)
