"""Partitions by time: the key of a run, and the moments between which its data lies."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: What a partition holds -> how its key is written: the beginning of it, on the wall clock of the schedule's zone.
KEY_FORMATS = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%Y-%m-%d", "month": "%Y-%m"}


def start_of_key(key: str, by: str, zone: str) -> datetime:
    """The moment at which the partition of a key begins; ValueError for a key of another form."""
    return datetime.strptime(key, KEY_FORMATS[by]).replace(tzinfo=ZoneInfo(zone))


def key_of(moment: datetime, by: str, zone: str) -> str:
    """The key of the partition that holds a moment (aware)."""
    return _start(moment.astimezone(ZoneInfo(zone)), by).strftime(KEY_FORMATS[by])


def end_of_partition(moment: datetime, by: str, zone: str) -> datetime:
    """The first moment after the partition that holds a moment (aware), in UTC. A day ends at the next midnight."""
    start = _start(moment.astimezone(ZoneInfo(zone)), by)
    if by == "hour":
        return (start.astimezone(UTC) + timedelta(hours=1)).astimezone(UTC)
    if by == "month":
        following = (start.replace(day=1) + timedelta(days=32)).date().replace(day=1)
    else:
        following = start.date() + timedelta(days=7 if by == "week" else 1)
    return datetime.combine(following, time.min, ZoneInfo(zone)).astimezone(UTC)


def last_run_of(moment: datetime, by: str, zone: str) -> datetime:
    """The last moment at which the run of the partition that holds a moment may start: the end of the next one."""
    return end_of_partition(end_of_partition(moment, by, zone), by, zone) - timedelta(microseconds=1)


def _start(wall: datetime, by: str) -> datetime:
    """The beginning of the partition that holds a time on a wall clock; weeks begin on Monday."""
    if by == "hour":
        return wall.replace(minute=0, second=0, microsecond=0)
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if by == "week":
        return midnight - timedelta(days=midnight.weekday())
    return midnight.replace(day=1) if by == "month" else midnight
