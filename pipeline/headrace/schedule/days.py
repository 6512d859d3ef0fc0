"""The days of a schedule as moments: they begin and end at midnight in its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def day(value: str | date | None) -> date | None:
    """A day as a plan (text) or the schema (date) holds it."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def first_moment(value: str | date | None, zone: str) -> datetime | None:
    """Midnight at the beginning of a day, in UTC."""
    given = day(value)
    return datetime.combine(given, time.min, ZoneInfo(zone)).astimezone(UTC) if given else None


def last_moment(value: str | date | None, zone: str) -> datetime | None:
    """The end of a day, in UTC: the last day belongs to the schedule as a whole."""
    given = day(value)
    return datetime.combine(given, time.max, ZoneInfo(zone)).astimezone(UTC) if given else None
