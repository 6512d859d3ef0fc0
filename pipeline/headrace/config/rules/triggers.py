"""What starts runs: triggers that go together, and what each of them needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from headrace.clock import parse_duration
from headrace.config.composed import Composed
from headrace.config.rules.rule import Rule
from headrace.config.rules.schedule import sound_crons
from headrace.config.safety.names import closed_package
from headrace.config.schema import Spec
from headrace.config.schema.schedule import Schedule
from headrace.config.schema.triggers import Partition
from headrace.errors import Diagnostic
from headrace.schedule import cron_problem, next_runs, ticks
from headrace.schedule.blackout import NEVER, window_end
from headrace.schedule.partitions import end_of_partition, key_of

#: Ways to start a run by the clock: one of them, at most.
_CLOCKS = ("cron", "every", "continuous", "once", "timetable")
#: Ways to start a run by data.
_DATA = ("assets", "depends_on")
#: Clocks that may be combined with data.
_BESIDE_DATA = ("cron", "every", "timetable")
#: Clocks whose runs may be left out for a blackout, or made up for.
_REGULAR = ("cron", "every")
_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
#: Airflow's own timetables, which need no opting in.
_AIRFLOWS = "airflow.timetables."


def _given(schedule: Schedule, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if getattr(schedule, name)]


def _one_clock(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    clocks, data = _given(spec.schedule, _CLOCKS), _given(spec.schedule, _DATA)
    if len(clocks) > 1:
        message = f"the schedule has {len(clocks)} clocks: {', '.join(f'`{name}`' for name in clocks)}"
        remedy = "keep one of them (`cron: null` undoes an option's); several crons go in a list"
        yield composed.diagnostic("HR305", message, composed.key_of(f"schedule.{clocks[-1]}"), remedy)
    elif clocks and data and clocks[0] not in _BESIDE_DATA:
        message = f"`{clocks[0]}` and `{data[0]}` do not go together"
        remedy = (
            f"delete one of them; {', '.join(_BESIDE_DATA)} go together with data: whichever comes first starts a run"
        )
        yield composed.diagnostic("HR305", message, composed.key_of(f"schedule.{data[0]}"), remedy)


def _catches_up_with_something(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    schedule = spec.schedule
    if not schedule.catchup or not schedule.enabled:
        return
    place = composed.place_of("schedule.catchup")
    clocks = _given(schedule, _BESIDE_DATA)
    if not clocks:
        message, remedy = "`catchup` has no meaning without `cron` or `every`", "delete it, or add `cron`"
        yield composed.diagnostic("HR173", message, place, remedy)
    elif schedule.start is None:
        yield composed.diagnostic("HR173", "`catchup` needs a day to catch up from", place, "add `start`")


def _one_at_a_time(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    schedule = spec.schedule
    if schedule.continuous and schedule.max_active_runs > 1:
        message = (
            f"continuous runs follow on each other: {schedule.max_active_runs} of them cannot be under way at once"
        )
        place = composed.place_of("schedule.max_active_runs")
        yield composed.diagnostic("HR301", message, place, "delete `max_active_runs`")


def _partitions_are_whole(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Exactly one run for each partition."""
    found = _partition_problem(spec.schedule)
    if found:
        where, message, remedy = found
        yield composed.diagnostic("HR302", message, composed.place_of(f"schedule.{where}"), remedy)


def _partition_problem(schedule: Schedule) -> tuple[str, str, str] | None:
    """Where, what and how to mend."""
    if schedule.partition is None:
        return None
    clocks, data = _given(schedule, _CLOCKS), _given(schedule, _DATA)
    if clocks and data:
        remedy = "delete one of them; a pipeline that waits for partitions has a run for each by itself"
        return data[0], "partitions are started by the clock or by data, not by both", remedy
    return _upstream_problem(schedule.partition, data) or _clock_problem(schedule, schedule.partition.by, clocks, data)


def _upstream_problem(partition: Partition, data: list[str]) -> tuple[str, str, str] | None:
    if partition.upstream is None or (data and (partition.upstream, partition.by) in _ROLLUPS):
        return None
    pairs = ", ".join(f"{{by: {coarse}, upstream: {fine}}}" for fine, coarse in _ROLLUPS)
    message = "`upstream` is what awaited assets are partitioned by, where that is finer"
    return "partition.upstream", message, f"delete it, or wait for assets with one of {pairs}"


def _clock_problem(schedule: Schedule, by: str, clocks: list[str], data: list[str]) -> tuple[str, str, str] | None:
    if by == "key":
        return ("partition.by", "the clock gives no keys", "write `by: day`, or no clock") if clocks else None
    if not clocks and not data:
        remedy = 'add `cron: "@daily"`, `assets` or `depends_on`; runs by hand have `by: key`'
        return "partition.by", f"nothing starts the run of {_a(by)}", remedy
    if clocks and not isinstance(schedule.cron, str):
        return clocks[0], "partitions need one `cron`", f"write one `cron` that fires once in each {by}"
    return _unlike(schedule, by) if sound_crons(schedule) else None


_ROLLUPS = (("hour", "day"), ("day", "week"), ("day", "month"))


def _a(by: str) -> str:
    return f"{'an' if by == 'hour' else 'a'} {by}"


def _unlike(schedule: Schedule, by: str) -> tuple[str, str, str] | None:
    """Where the cron does not fire once in each partition."""
    if by == "hour" and schedule.timezone != "UTC":
        remedy = "write `timezone: UTC`"
        return "timezone", f"in {schedule.timezone} two hours of the year may have the same name", remedy
    rule = {"cron": schedule.cron, "timezone": schedule.timezone}
    fires = [tick for tick, _ in zip(ticks(rule, _SINCE), range(_LOOKED_AT), strict=False)]
    for earlier, later in pairwise(fires):
        following = key_of(end_of_partition(earlier, by, schedule.timezone), by, schedule.timezone)
        if key_of(later, by, schedule.timezone) != following:
            more = key_of(later, by, schedule.timezone) == key_of(earlier, by, schedule.timezone)
            said = f"fires twice within {_a(by)}" if more else f"leaves out {_a(by)}"
            message = f"`{schedule.cron}` {said} ({key_of(earlier, by, schedule.timezone)}): each has one run"
            return "cron", message, f"write a cron that fires once in each {by}"
    monday = all(tick_day(tick, schedule.timezone) == 0 for tick in fires)
    if by == "week" and not monday:
        return "cron", "weeks begin on Monday: their runs start then", 'write a cron such as "0 6 * * 1"'
    return None


_LOOKED_AT = 400


def tick_day(tick: datetime, zone: str) -> int:
    """The weekday on which a moment falls in a zone; 0 is Monday."""
    from zoneinfo import ZoneInfo

    return tick.astimezone(ZoneInfo(zone)).weekday()


def _blackouts_leave_runs(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    schedule = spec.schedule
    if not schedule.blackout:
        return
    others = [name for name in (*_CLOCKS, *_DATA, "partition") if getattr(schedule, name) and name not in _REGULAR]
    if others or not _given(schedule, _REGULAR):
        message = f"a blackout holds runs of `cron` and `every` only{f', not of `{others[0]}`' if others else ''}"
        remedy = "delete `blackout`, or what else starts runs"
        yield composed.diagnostic("HR303", message, composed.key_of("schedule.blackout"), remedy)
        return
    for index, window in enumerate(schedule.blackout):
        place = composed.place_of(f"schedule.blackout.{index}")
        if window.start and window.end and window.end < window.start:
            message = f"the window ends on {window.end}, before it starts on {window.start}"
            yield composed.diagnostic("HR303", message, place, "write a later day")
            return
        if window.length and parse_duration(window.length) > _LONGEST:
            message = f"a window that comes again lasts a week at most, not {window.length}"
            yield composed.diagnostic("HR303", message, place, "write its days: {start: DAY, end: DAY}")
            return
    if not any(cron_problem(window.cron) for window in schedule.blackout if window.cron):
        yield from _some_run_is_left(schedule, composed)


_LONGEST = timedelta(days=7)


def _some_run_is_left(schedule: Schedule, composed: Composed) -> Iterator[Diagnostic]:
    rule = schedule.model_dump(mode="json", exclude={"start", "end", "catchup", "enabled"})
    sound = schedule.every or sound_crons(schedule)
    never = window_end(rule["blackout"], schedule.timezone, _SINCE) == NEVER
    if sound and (never or not next_runs(rule, _SINCE, 1)):
        message = "the blackout leaves no run at all"
        yield composed.diagnostic("HR303", message, composed.key_of("schedule.blackout"), "shorten its windows")


def _timetable_is_allowed(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, name in enumerate(spec.schedule_packages):
        if why := closed_package(name, "timetables"):
            place = composed.place_of(f"schedule_packages.{index}")
            remedy = "name the one package of your own that has the timetable"
            yield composed.diagnostic("HR304", f"`{name}` {why}", place, remedy)
    timetable = spec.schedule.timetable
    if timetable is None:
        return
    place = composed.place_of("schedule.timetable.name")
    if any(part.startswith("_") for part in timetable.name.split(".")):
        message = f"`{timetable.name}` is a private part of a package"
        yield composed.diagnostic("HR304", message, place, "name a public class")
    elif not timetable.name.startswith(_AIRFLOWS) and timetable.name.partition(".")[0] not in spec.schedule_packages:
        root = timetable.name.partition(".")[0]
        message = f"`{timetable.name}` is not of a package that this project lets decide when runs start"
        remedy = f"add `schedule_packages: [{root}]` to conf/config.yaml, if you trust it"
        yield composed.diagnostic("HR304", message, place, remedy)


RULES: tuple[Rule, ...] = (
    _one_clock,
    _catches_up_with_something,
    _one_at_a_time,
    _partitions_are_whole,
    _blackouts_leave_runs,
    _timetable_is_allowed,
)
