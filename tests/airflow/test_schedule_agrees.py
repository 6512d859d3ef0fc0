"""Our schedule against Airflow's own timetable."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pendulum
import pytest
from airflow.timetables.base import TimeRestriction
from airflow.timetables.interval import CronDataIntervalTimetable

from headrace.schedule import next_runs

AROUND = [
    datetime(2026, 3, 28, 20, tzinfo=UTC),
    datetime(2026, 10, 24, 21, tzinfo=UTC),
    datetime(2026, 11, 1, 3, 30, tzinfo=UTC),
]


def airflows(cron: str, zone: str, start: date, end: date | None, after: datetime, count: int) -> list[datetime]:
    timetable = CronDataIntervalTimetable(cron, timezone=zone)
    place = pendulum.timezone(zone)
    earliest = pendulum.instance(datetime.combine(start, time.min, place))
    latest = pendulum.instance(datetime.combine(end, time.max, place)) if end else None
    last, found = None, []
    while len(found) < count:
        info = timetable.next_dagrun_info(
            last_automated_data_interval=last, restriction=TimeRestriction(earliest, latest, True)
        )
        if info is None:
            break
        last = info.data_interval
        if info.run_after > after:
            found.append(datetime.fromtimestamp(info.run_after.timestamp(), UTC))
    return found


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize(
    "cron", ["0 6 * * *", "@hourly", "30 2 * * *", "30 1 * * *", "15 * * * *", "0 6 * * 1", "0 3 31 * *"]
)
def test_the_next_runs_are_airflows(cron: str, zone: str) -> None:
    for after in AROUND:
        for start, end in [(-3, None), (1, None), (-3, 1)]:
            first = after.date() + timedelta(days=start)
            last = after.date() + timedelta(days=end) if end else None
            schedule = {"cron": cron, "timezone": zone, "start": first, "end": last}
            assert next_runs(schedule, after, 5) == airflows(cron, zone, first, last, after, 5)
