"""When a pipeline runs: that it ever does, and that a run can end before the next one is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, pairwise

from headrace.clock import parse_duration
from headrace.config.composed import Composed
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.config.schema.schedule import Schedule
from headrace.errors import Diagnostic
from headrace.schedule import cron_problem, crons, next_runs, skipped_fire, ticks, trigger_text

_CRON = "schedule.cron"
#: Where rules count from: the answers are the same whenever they are asked.
_NOON = datetime(2024, 1, 3, 12, tzinfo=UTC)


def _crons_are_sound(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for path, cron in _written_crons(spec):
        place = composed.place_of(path)
        if problem := cron_problem(cron):
            message = f"`{cron}` is not a cron expression: {problem}"
            remedy = "minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7 (0 and 7 are Sunday)"
            yield composed.diagnostic("HR171", message, place, remedy)
        elif _shortest((cron,)) is None:
            message = f"`{cron}` never fires: there is no such day"
            yield composed.diagnostic("HR172", message, place, "write a day that the month has")


def _written_crons(spec: Spec) -> Iterator[tuple[str, str]]:
    """Every cron expression, and the path at which it stands."""
    cron = spec.schedule.cron
    yield from [(_CRON, cron)] if isinstance(cron, str) else ((f"{_CRON}.{i}", c) for i, c in enumerate(cron or ()))
    windows = enumerate(spec.schedule.blackout)
    yield from ((f"schedule.blackout.{index}.cron", window.cron) for index, window in windows if window.cron)


def sound_crons(schedule: Schedule) -> tuple[str, ...]:
    """The cron expressions, if all of them fire; none otherwise."""
    found = crons(schedule.model_dump(include={"cron"}))
    return found if all(not cron_problem(cron) and _shortest((cron,)) is not None for cron in found) else ()


def _days_are_in_order(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    schedule = spec.schedule
    if schedule.start and schedule.end and schedule.end < schedule.start:
        message = f"the schedule never fires: it ends on {schedule.end}, before it starts on {schedule.start}"
        yield composed.diagnostic("HR172", message, composed.place_of("schedule.end"), "write a later day")
    elif schedule.start and schedule.end and sound_crons(schedule):
        before = datetime.combine(schedule.start, time.min, UTC) - timedelta(days=2)
        bare = schedule.model_dump(mode="json", exclude={"blackout", "enabled"})
        if not next_runs(bare, before, 1):
            message = f"`{trigger_text(bare)}` does not fire between {schedule.start} and {schedule.end}"
            yield composed.diagnostic(
                "HR172", message, composed.place_of(_CRON), "write a later `end`, or another cron"
            )


def _runs_can_end(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """One run at a time, so a stage that takes longer than the interval puts off the next run.

    A limit that nobody set says nothing of how long a stage takes.
    """
    interval = _interval(spec.schedule)
    if interval is None or spec.schedule.max_active_runs > 1 or not spec.schedule.enabled:
        return
    runtime = spec.runtime
    timeout, tries = parse_duration(runtime.timeout), _longest_tries(spec)
    if timeout > interval and _is_set(spec, "timeout"):
        message = f"runs are due every {_text(interval)}, and one stage alone may take {_text(timeout)}"
        remedy = "run less often, or shorten `runtime.timeout`"
        yield composed.diagnostic("HR174", message, composed.place_of(_raised(spec, "timeout")), remedy, "warning")
    elif tries > interval and _is_set(spec, *_OF_TRIES):
        message = (
            f"{runtime.retries + 1} tries of a stage may take {_text(tries)}; a run is due every {_text(interval)}"
        )
        remedy = "lower `runtime.retries` or `runtime.timeout`, or run less often"
        place = composed.place_of(_raised(spec, *_OF_TRIES))
        yield composed.diagnostic("HR175", message, place, remedy, "warning")


#: What the time that all tries take is made of.
_OF_TRIES = ("retries", "timeout", "retry_delay", "max_retry_delay")


def _is_set(spec: Spec, *names: str) -> bool:
    return any(getattr(spec.runtime, name) != type(spec.runtime).model_fields[name].default for name in names)


def _raised(spec: Spec, *names: str) -> str:
    """The first of these keys of the runtime that somebody set higher than it is by itself; else the cron."""
    for name in names:
        value, usual = getattr(spec.runtime, name), type(spec.runtime).model_fields[name].default
        if (value > usual) if isinstance(value, int) else (parse_duration(value) > parse_duration(usual)):
            return f"runtime.{name}"
    return _CRON if spec.schedule.cron else "schedule.every"


def _longest_tries(spec: Spec) -> timedelta:
    runtime = spec.runtime
    delay, most = parse_duration(runtime.retry_delay), parse_duration(runtime.max_retry_delay)
    delays = (delay * runtime.backoff**attempt for attempt in range(min(runtime.retries, 30)))
    return parse_duration(runtime.timeout) * (runtime.retries + 1) + sum((min(d, most) for d in delays), timedelta())


def _delays_are_in_order(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    runtime = spec.runtime
    if runtime.retries and parse_duration(runtime.max_retry_delay) < parse_duration(runtime.retry_delay):
        message = f"the longest delay, {runtime.max_retry_delay}, is shorter than the first one, {runtime.retry_delay}"
        place = composed.place_of("runtime.max_retry_delay")
        yield composed.diagnostic("HR177", message, place, "write a longer `max_retry_delay`", "warning")


def _no_fire_is_skipped(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    sound = sound_crons(spec.schedule)
    for path, cron in _written_crons(spec):
        if cron not in sound or not path.startswith(_CRON):
            continue
        if skipped := skipped_fire(cron, spec.schedule.timezone, sound):
            late = _text(skipped.moved - skipped.wall).replace("1 h", "an hour")
            then = f"is one with that of {skipped.moved:%H:%M}" if skipped.merged else f"comes {late} later"
            message = f"in {spec.schedule.timezone} the clock skips {skipped.wall:%H:%M} once a year: that run {then}"
            remedy = "choose a time outside the change of clocks, or timezone: UTC"
            yield composed.diagnostic("HR176", message, composed.place_of(path), remedy, "warning")


def _interval(schedule: Schedule) -> timedelta | None:
    """The shortest time between two runs that the clock starts; None if it starts none."""
    if schedule.every is not None:
        return parse_duration(schedule.every)
    found = sound_crons(schedule)
    return _shortest(found) if found else None


@lru_cache(maxsize=256)
def _shortest(found: tuple[str, ...]) -> timedelta | None:
    """The shortest time between two fires, of some hundred; None for crons that never fire."""
    moments = list(islice(ticks({"cron": found, "timezone": "UTC"}, _NOON), 100))
    return min((later - earlier for earlier, later in pairwise(moments)), default=None) if moments else None


def _text(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    days, hours = divmod(minutes, 24 * 60)[0], minutes // 60 % 24
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{minutes % 60} min" if minutes % 60 else ""]
    return " ".join(part for part in parts if part) or "no time"


RULES: tuple[Rule, ...] = (
    _crons_are_sound,
    _days_are_in_order,
    _runs_can_end,
    _delays_are_in_order,
    _no_fire_is_skipped,
)
