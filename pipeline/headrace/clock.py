"""Time as people write it: durations such as `30d`, and the moment a run looks from."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_CENTURY = timedelta(days=36_525)
_PART = re.compile(r"([0-9]+)([smhdw])")
#: The project's own form, or ISO 8601 as far as it is one length of time: `P1W`, `P1DT12H`, `PT90M`.
DURATION_PATTERN = r"^(([0-9]+[smhdw])+|P([0-9]+W|(?=.)([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?))$"
_DURATION = re.compile(DURATION_PATTERN, re.ASCII)


def parse_duration(text: str) -> timedelta:
    """`30d`, `90m`, `1h30m`, or ISO 8601 (`PT1H30M`, `P30D`): whole numbers with a unit each, a century at most.

    ValueError for anything else: fractions, ISO's months and years, which have no one length, and no time at all.
    """
    if not isinstance(text, str) or not _DURATION.fullmatch(text):
        raise ValueError(f"{text!r} is not a duration: write whole numbers with s, m, h, d or w, as in 30d or 1h30m")
    total = timedelta()
    for amount, unit in _PART.findall(text.lower()):
        try:
            total += timedelta(**{_UNITS[unit]: int(amount)})
        except (OverflowError, ValueError):  # more than a timedelta, or more digits than Python reads
            total = timedelta.max
            break
    if total > _CENTURY:
        raise ValueError(f"{text[:20]!r} is longer than a century")
    if not total:
        raise ValueError(f"{text!r} is no time at all: a duration is longer than zero")
    return total


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date or time as an aware UTC datetime; without an offset it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        example = "2013-12-31 or 2013-12-31T06:00:00Z"
        raise ValueError(f"{text!r} is not an ISO 8601 date or time, as in {example}") from error
    return as_utc(moment)


def as_utc(moment: datetime | date) -> datetime:
    """The same moment in UTC; naive times and bare dates are taken as UTC."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
