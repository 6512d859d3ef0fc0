"""A schedule in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headrace.counted import counted
from headrace.schedule.assets import awaited, condition_text
from headrace.schedule.cron import crons

Schedule = Mapping[str, Any]
BY_HAND = "by hand"
OFF = "off"


def trigger_text(schedule: Schedule) -> str:
    """What starts a run: `0 6 * * *`, `every 6h`, `when model churn changes`, `by hand`, `off`."""
    if not schedule.get("enabled", True):
        return OFF
    return " or ".join(filter(None, (_clock(schedule), data_text(schedule)))) or BY_HAND


def schedule_text(schedule: Schedule) -> str:
    """All of it: `0 6 * * * in America/New_York from 2024-01-01 with catchup`."""
    if not schedule.get("enabled", True):
        return OFF
    clock, data = _clock(schedule), data_text(schedule)
    if crons(schedule):
        clock = f"{clock} in {schedule['timezone']}"
    triggers = " or ".join(filter(None, (clock, data)))
    return " ".join((triggers or BY_HAND, *_bounds(schedule)))


def data_text(schedule: Schedule) -> str:
    """What data a schedule waits for: `when model churn changes`; empty if it waits for none."""
    parts = [f"{product} {pipeline}" for product, pipeline in awaited(schedule)]
    if (written := schedule.get("assets")) is not None:
        text = condition_text(written)
        parts.insert(0, f"({text})" if parts and " or " in text else text)
    return f"when {' and '.join(parts)} change{'' if len(parts) > 1 else 's'}" if parts else ""


def _clock(schedule: Schedule) -> str:
    if found := crons(schedule):
        return ", ".join(found)
    if schedule.get("every"):
        return f"every {schedule['every']}"
    if schedule.get("continuous"):
        return "continuously"
    if schedule.get("once"):
        return "once"
    return f"timetable {schedule['timetable']['name']}" if schedule.get("timetable") else ""


def _bounds(schedule: Schedule) -> Iterator[str]:
    partition = schedule.get("partition")
    if partition:
        yield f"by {partition['by']}"
    if schedule.get("start"):
        yield f"from {schedule['start']}"
    if schedule.get("end"):
        yield f"until {schedule['end']}"
    if schedule.get("catchup"):
        yield "with catchup"
    if windows := len(schedule.get("blackout") or ()):
        yield f"but in {counted(windows, 'blackout')}"
