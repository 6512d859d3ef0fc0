"""Windows in which no run starts.

A window is `{start, end}`, whole days in the schedule's zone, both included; or `{cron, length}`, which opens whenever
the cron fires in that zone and lasts so long. A window ends at the first moment that is outside of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from headrace.clock import parse_duration
from headrace.schedule.cron import ticks
from headrace.schedule.days import day, first_moment

Window = Mapping[str, Any]
#: The end of windows that never leave a gap.
NEVER = datetime.max.replace(tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)
#: Windows that follow on each other, without a gap or without a run between them, are followed up to here.
MOST = 1_000


def window_end(windows: Sequence[Window], zone: str, moment: datetime) -> datetime | None:
    """When the blackout that holds a moment (aware) ends, in UTC; None if none holds it.

    Windows that overlap, or follow on each other, are one; `NEVER` where they leave no gap.
    """
    end = None
    for _ in range(MOST):
        ends = [found for window in windows if (found := _end(window, zone, end or moment)) is not None]
        if not ends:
            return end
        end = max(ends)
    return NEVER


def _end(window: Window, zone: str, moment: datetime) -> datetime | None:
    if window.get("cron"):
        length = parse_duration(window["length"])
        opened = list(
            takewhile(lambda tick: tick <= moment, ticks({"cron": window["cron"], "timezone": zone}, moment - length))
        )
        return opened[-1] + length if opened else None
    first, last = first_moment(window["start"], zone), day(window["end"])
    assert first is not None
    assert last is not None
    end = first_moment(last + timedelta(days=1), zone)
    assert end is not None
    return end if first <= moment < end else None


def just_before(moment: datetime) -> datetime:
    """The latest moment before another: what comes after it may be the other itself."""
    return moment - _INSTANT
