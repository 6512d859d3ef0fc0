"""When runs start by themselves.

The rules are those of Airflow's timetables. One cron, and `every`: a run has the time between two moments as its data
and starts at the later one, and `start` and `end` bound the beginning of that data. Several crons: a run starts at each
moment between `start` and `end`. Partitions: a run starts at the first moment after its partition, and `start` and
`end` bound the partitions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from headrace.clock import parse_duration
from headrace.schedule.blackout import MOST, NEVER, just_before, window_end
from headrace.schedule.cron import crons, ticks
from headrace.schedule.days import first_moment, last_moment
from headrace.schedule.partitions import end_of_partition, last_run_of

Schedule = Mapping[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def next_runs(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    """The next moments, at most `count`, at which the clock starts a run later than `after` (aware); in UTC.

    `schedule` is a plan's. Empty for what only events, people or a class of the project's own decide: assets, runs one
    after another, `timetable`.
    """
    if not schedule.get("enabled", True):
        return []
    outside = _outside(schedule, after) if schedule.get("blackout") else _runs(schedule, after)
    return list(islice(outside, count))


def _outside(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """The runs that no blackout holds; none any more where too many are held one after another."""
    held = 0
    while held < MOST:
        for run in _runs(schedule, after):
            end = window_end(schedule["blackout"], _zone(schedule), run)
            if end is not None:
                break
            held = 0
            yield run
        else:
            return
        if end == NEVER:
            return
        held += 1
        after = just_before(end)


def _runs(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    first = first_moment(schedule.get("start"), _zone(schedule))
    last = last_moment(schedule.get("end"), _zone(schedule))
    if schedule.get("once"):
        return iter([first] if first and first > after and not (last and first > last) else [])
    if schedule.get("every"):
        return _every(parse_duration(schedule["every"]), schedule, after, first, last)
    if partition := schedule.get("partition"):
        by, zone = partition["by"], _zone(schedule)
        first = end_of_partition(first, by, zone) if first else None
        return _fires(schedule, after, first, last_run_of(last, by, zone) if last else None)
    if len(crons(schedule)) > 1:
        return _fires(schedule, after, first, last)
    return _intervals(schedule, after, first, last) if crons(schedule) else iter(())


def _fires(schedule: Schedule, after: datetime, first: datetime | None, last: datetime | None) -> Iterator[datetime]:
    for tick in ticks(schedule, max(just_before(first), after) if first else after):
        if last and tick > last:
            return
        yield tick


def _every(
    length: timedelta, schedule: Schedule, after: datetime, first: datetime | None, last: datetime | None
) -> Iterator[datetime]:
    """Elapsed time: from `start` where every interval since then has a run, else from 1970-01-01T00:00Z."""
    anchored = first is not None and (schedule.get("catchup") or first > after)
    anchor = first if anchored and first is not None else _EPOCH
    run = anchor + length * ((after - anchor) // length + 1)
    run = max(run, anchor + length) if anchored else run
    while first and run - length < first:
        run += length
    while not (last and run - length > last):
        yield run
        run += length


def _intervals(
    schedule: Schedule, after: datetime, first: datetime | None, last: datetime | None
) -> Iterator[datetime]:
    # Without a start the data of the first run begins at the tick before it, which has no bound to heed.
    begin = max(just_before(first), after - timedelta(days=1)) if first else after
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


def _tick_before(schedule: Schedule, tick: datetime, first: datetime) -> datetime | None:
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


def _zone(schedule: Schedule) -> str:
    return schedule.get("timezone") or "UTC"
