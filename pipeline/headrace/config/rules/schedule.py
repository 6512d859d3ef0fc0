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
from headrace.errors import Diagnostic
from headrace.schedule import cron_problem, next_runs, skipped_fires, ticks

_CRON = "schedule.cron"
#: Where rules count from: the answers are the same whenever they are asked.
_NOON = datetime(2024, 1, 3, 12, tzinfo=UTC)


def _cron_is_sound(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.schedule.cron is None:
        return
    place = composed.place_of(_CRON)
    if problem := cron_problem(spec.schedule.cron):
        message = f"`{spec.schedule.cron}` is not a cron expression: {problem}"
        remedy = "minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7 (0 and 7 are Sunday)"
        yield composed.diagnostic("HR171", message, place, remedy)
    elif _interval(spec.schedule.cron) is None:
        message = f"`{spec.schedule.cron}` never fires: there is no such day"
        yield composed.diagnostic("HR172", message, place, "write a day that the month has")


def _days_are_in_order(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    schedule = spec.schedule
    if schedule.start and schedule.end and schedule.end < schedule.start:
        message = f"the schedule never fires: it ends on {schedule.end}, before it starts on {schedule.start}"
        yield composed.diagnostic("HR172", message, composed.place_of("schedule.end"), "write a later day")
    elif schedule.start and schedule.end and schedule.cron and not cron_problem(schedule.cron):
        before = datetime.combine(schedule.start, time.min, UTC) - timedelta(days=2)
        if _interval(schedule.cron) is not None and not next_runs(schedule.model_dump(), before, 1):
            message = f"`{schedule.cron}` does not fire between {schedule.start} and {schedule.end}"
            yield composed.diagnostic(
                "HR172", message, composed.place_of(_CRON), "write a later `end`, or another cron"
            )
    if schedule.catchup and schedule.cron is not None and schedule.start is None:
        message = "`catchup` needs a day to catch up from"
        yield composed.diagnostic("HR173", message, composed.place_of("schedule.catchup"), "add `start`")
    if schedule.cron is None and schedule.catchup:
        message = "`catchup` has no meaning without `cron`"
        yield composed.diagnostic("HR173", message, composed.place_of("schedule.catchup"), "delete it, or add `cron`")


def _runs_can_end(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """One run at a time, so a stage that takes longer than the interval puts off the next run."""
    interval = _interval(spec.schedule.cron) if spec.schedule.cron and not cron_problem(spec.schedule.cron) else None
    if interval is None or spec.schedule.max_active_runs > 1:
        return
    runtime = spec.runtime
    timeout, tries = parse_duration(runtime.timeout), _longest_tries(spec)
    if timeout > interval:
        message = f"runs are due every {_text(interval)}, and one stage alone may take {_text(timeout)}"
        remedy = "run less often, or shorten `runtime.timeout`"
        yield composed.diagnostic("HR174", message, composed.place_of(_raised(spec, "timeout")), remedy, "warning")
    elif tries > interval:
        message = (
            f"{runtime.retries + 1} tries of a stage may take {_text(tries)}; a run is due every {_text(interval)}"
        )
        remedy = "lower `runtime.retries` or `runtime.timeout`, or run less often"
        place = composed.place_of(_raised(spec, "retries", "timeout", "retry_delay", "max_retry_delay"))
        yield composed.diagnostic("HR175", message, place, remedy, "warning")


def _raised(spec: Spec, *names: str) -> str:
    """The first of these keys of the runtime that somebody set higher than it is by itself; else the cron."""
    for name in names:
        value, usual = getattr(spec.runtime, name), type(spec.runtime).model_fields[name].default
        if (value > usual) if isinstance(value, int) else (parse_duration(value) > parse_duration(usual)):
            return f"runtime.{name}"
    return _CRON


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
    cron = spec.schedule.cron
    if cron is None or cron_problem(cron) or _interval(cron) is None:
        return
    if skipped := skipped_fires(cron, spec.schedule.timezone):
        message = f"in {spec.schedule.timezone} the clock skips {skipped} once a year: that run comes an hour later"
        remedy = "choose a time outside the change of clocks, or timezone: UTC"
        yield composed.diagnostic("HR176", message, composed.place_of(_CRON), remedy, "warning")


@lru_cache(maxsize=256)
def _interval(cron: str) -> timedelta | None:
    """The shortest time between two fires, of some hundred; None for a cron that never fires."""
    moments = list(islice(ticks({"cron": cron, "timezone": "UTC"}, _NOON), 100))
    return min((later - earlier for earlier, later in pairwise(moments)), default=None) if moments else None


def _text(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    days, hours = divmod(minutes, 24 * 60)[0], minutes // 60 % 24
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{minutes % 60} min" if minutes % 60 else ""]
    return " ".join(part for part in parts if part) or "no time"


RULES: tuple[Rule, ...] = (
    _cron_is_sound,
    _days_are_in_order,
    _runs_can_end,
    _delays_are_in_order,
    _no_fire_is_skipped,
)
