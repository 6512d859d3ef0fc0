"""The days that a backfill is for, as people write them, and whether the schedule knows them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from headrace.errors import UsageError
from headrace.plan.model import Plan
from headrace.schedule.days import day

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def moments(first: str, last: str, zone: str) -> tuple[datetime, datetime]:
    """From the beginning of the first day or month to the end of the last, in the schedule's zone. UsageError."""
    begin, end = _days(first)[0], _days(last)[1]
    if end < begin:
        raise UsageError(f"--to {last} is before --from {first}")
    return datetime.combine(begin, time.min, ZoneInfo(zone)), datetime.combine(end, time.max, ZoneInfo(zone))


def interval(first: str, last: str, plan: Plan) -> tuple[datetime, datetime]:
    """The same by a plan's schedule.

    UsageError also for days before its first or after its last: Airflow would make runs whose tasks never begin.
    """
    schedule = plan.spec["schedule"]
    begin, end = moments(first, last, schedule["timezone"])
    for key, is_known, end_of_it in (
        ("start", begin.date() >= (day(schedule["start"]) or date.min), "--from"),
        ("end", end.date() <= (day(schedule["end"]) or date.max), "--to"),
    ):
        if not is_known:
            raise UsageError(
                f"the schedule of {plan.pipeline} {key}s on {schedule[key]}, and the backfill would go beyond",
                remedy=f"{end_of_it} {schedule[key]}, or change `schedule.{key}`",
                place=plan.place_of(f"schedule.{key}"),
            )
    return begin, end


def _days(text: str) -> tuple[date, date]:
    """The first and the last day of what is written: a day, or a month."""
    try:
        if month := _MONTH.fullmatch(text):
            first = date(int(month[1]), int(month[2]), 1)
            return first, first.replace(day=monthrange(first.year, first.month)[1])
        one = date.fromisoformat(text)
    except ValueError:
        remedy = "write a day or a month, as in 2013-01-31 or 2013-01"
        raise UsageError(f"{text!r} is neither a day nor a month", remedy=remedy) from None
    return one, one
