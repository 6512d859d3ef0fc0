from __future__ import annotations

from typing import Any

import pytest

from headrace.config.schema.schedule import Schedule
from headrace.schedule import schedule_text, trigger_text

BOTH_TEXT = "when (orders and (s3://prices or rates or alias late)) and model churn and dataset flights change"
BOTH = {"all": ["orders", {"any": ["s3://prices", {"name": "rates", "uri": "s3://rates"}, {"alias": "late"}]}]}


@pytest.mark.parametrize(
    ("schedule", "trigger", "whole"),
    [
        ({}, "by hand", "by hand"),
        ({"cron": "@daily", "enabled": False}, "off", "off"),
        ({"cron": "0 6 * * *"}, "0 6 * * *", "0 6 * * * in UTC"),
        ({"cron": ["0 6 * * *", "@weekly"]}, "0 6 * * *, @weekly", "0 6 * * *, @weekly in UTC"),
        (
            {"every": "6h", "start": "2024-01-01", "end": "2024-12-31", "catchup": True},
            "every 6h",
            "every 6h from 2024-01-01 until 2024-12-31 with catchup",
        ),
        ({"continuous": True}, "continuously", "continuously"),
        ({"once": True}, "once", "once"),
        ({"timetable": {"name": "acme.Days"}}, "timetable acme.Days", "timetable acme.Days"),
        ({"assets": "orders"}, "when orders changes", "when orders changes"),
        ({"depends_on": {"model": "churn"}}, "when model churn changes", "when model churn changes"),
        (
            {"assets": BOTH, "depends_on": [{"model": "churn"}, {"dataset": "flights"}], "cron": "@daily"},
            f"@daily or {BOTH_TEXT}",
            f"@daily in UTC or {BOTH_TEXT}",
        ),
        ({"partition": {"by": "key"}}, "by hand", "by hand by key"),
        (
            {"cron": "@daily", "blackout": [{"start": "2024-12-24", "end": "2024-12-27"}]},
            "@daily",
            "@daily in UTC but in 1 blackout",
        ),
    ],
)
def test_schedules_in_words(schedule: dict[str, Any], trigger: str, whole: str) -> None:
    document = Schedule.model_validate(schedule).model_dump(mode="json")
    assert trigger_text(document) == trigger
    assert schedule_text(document) == whole
