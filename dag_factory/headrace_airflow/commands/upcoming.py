"""When a schedule starts runs, in its own zone, with what the clocks do to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from headrace.schedule import PRESETS, next_runs

#: Longer than any change of clocks.
_AROUND = timedelta(hours=3)


class Upcoming(NamedTuple):
    """A run that the schedule starts by itself."""

    local: datetime
    """Its moment, in the schedule's zone."""
    note: str = ""
    """What is unusual about it: clocks that change."""

    def to_json(self) -> dict[str, str]:
        """Both clocks, ISO 8601 with the offset."""
        utc = self.local.astimezone(UTC)
        return {"local": self.local.isoformat(), "utc": utc.isoformat(), "note": self.note}


def upcoming(schedule: Mapping[str, Any], after: datetime, count: int) -> tuple[Upcoming, ...]:
    """The next runs later than `after` (aware), at most `count`. `schedule` is a plan's."""
    zone = ZoneInfo(schedule.get("timezone") or "UTC")
    moments = [moment.astimezone(zone) for moment in next_runs(schedule, after, count)]
    before = [after.astimezone(zone), *moments]
    return tuple(
        Upcoming(moment, "; ".join(_notes(schedule, moment, previous)))
        for previous, moment in zip(before, moments, strict=False)
    )


def _notes(schedule: Mapping[str, Any], moment: datetime, previous: datetime) -> Iterator[str]:
    step = _offset(moment) - _offset(previous)
    if step:
        way = "forward" if step > timedelta() else "back"
        yield f"clocks have gone {way} {_hours(abs(step))} (UTC{previous:%z} to UTC{moment:%z})"
    if _offset(moment) != _offset(moment.replace(fold=1 - moment.fold)) and _is_twice(moment):
        yield f"{moment:%H:%M} comes twice that day: this is the {'second' if moment.fold else 'first'}"
    if _is_moved(schedule, moment):
        yield "clocks skip its time that day: it runs as much later"


def _is_twice(moment: datetime) -> bool:
    """Whether the wall time stands for two moments, and not for none."""
    return all(
        each.astimezone(UTC).astimezone(each.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None, fold=each.fold)
        for each in (moment.replace(fold=0), moment.replace(fold=1))
    )


def _is_moved(schedule: Mapping[str, Any], moment: datetime) -> bool:
    """Whether the run is shortly after clocks went forward, at a wall time that the cron does not name."""
    from croniter import croniter

    earlier = (moment.astimezone(UTC) - _AROUND).astimezone(moment.tzinfo)
    crons = _crons(schedule)
    if _offset(moment) <= _offset(earlier) or not crons:
        return False
    wall = moment.replace(tzinfo=None, fold=0)
    return not any(croniter.match(PRESETS.get(cron, cron), wall) for cron in crons)


def _crons(schedule: Mapping[str, Any]) -> Sequence[str]:
    cron = schedule.get("cron")
    return [cron] if isinstance(cron, str) else list(cron or ())


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _hours(step: timedelta) -> str:
    minutes = round(step.total_seconds() / 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
