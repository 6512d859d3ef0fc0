"""What a pipeline says of times that are over. Lint says the same whenever it is asked, and so nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from headrace.clock import parse_duration, parse_moment
from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.findings import Subject


def problems(subject: Subject, now: datetime) -> Iterator[Diagnostic]:
    """Deadlines and blackouts that have passed at a moment (aware), as warnings."""
    if subject.plan is None:
        return
    spec = subject.plan.spec
    for index, deadline in enumerate(spec["dag"]["deadlines"]):
        after = _moment(deadline["after"])
        if after is not None and after + parse_duration(deadline["within"]) < now:
            message = f"the deadline, {deadline['within']} after {deadline['after']}, has passed: every run is late"
            place = subject.place(f"dag.deadlines.{index}.after")
            yield Diagnostic("HR332", message, place, "write a later moment, or delete it", "warning")
    today = now.astimezone(ZoneInfo(spec["schedule"]["timezone"])).date().isoformat()
    for index, window in enumerate(spec["schedule"]["blackout"]):
        if window["end"] and window["end"] < today:
            message = f"the blackout until {window['end']} is over"
            place = subject.place(f"schedule.blackout.{index}")
            yield Diagnostic("HR312", message, place, "delete it", "warning")


def _moment(text: str) -> datetime | None:
    """The fixed moment that a deadline counts from; None for the words that stand for one of each run."""
    try:
        return parse_moment(text)
    except ValueError:
        return None
