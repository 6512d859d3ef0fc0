"""What `headrace dags list` says of the next run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from headrace.config.schema.schedule import Schedule
from headrace_airflow.commands.listing import next_run

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "following"),
    [
        ({}, ""),
        ({"cron": "@daily", "enabled": False}, ""),
        ({"cron": "0 6 * * *", "timezone": "Europe/Berlin"}, "2026-03-29 06:00 CEST"),
        ({"cron": "0 6 * * *", "end": "2026-01-01"}, "ended"),
        ({"every": "12h"}, "2026-03-29 00:00 UTC"),
        ({"continuous": True}, "after the last run"),
        ({"once": True}, "at once"),
        ({"once": True, "start": "2026-04-01"}, "2026-04-01 00:00 UTC"),
        ({"once": True, "start": "2026-01-01"}, "ended"),
        ({"timetable": {"name": "acme.Days"}}, "as its timetable says"),
        ({"depends_on": {"model": "churn"}}, "when model churn changes"),
        ({"cron": "@daily", "assets": "orders"}, "2026-03-29 00:00 UTC or when orders changes"),
        ({"partition": {"by": "key"}}, ""),
    ],
)
def test_the_next_run(schedule: dict[str, Any], following: str) -> None:
    assert next_run(Schedule.model_validate(schedule).model_dump(mode="json"), NOW) == following
