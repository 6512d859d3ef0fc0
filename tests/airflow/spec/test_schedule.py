"""YAML -> when runs start."""

from __future__ import annotations

import json
from typing import Any

import pytest

from headrace.config.schema.schedule import Schedule
from headrace.plan.model import Plan
from headrace_airflow.spec.model import ScheduleSpec, to_json
from headrace_airflow.spec.schedule import schedule_spec


def spec(**schedule: Any) -> ScheduleSpec:
    return schedule_spec(Plan("p", {}, ()), Schedule.model_validate(schedule))


def test_one_cron_in_a_list_is_one_cron() -> None:
    assert spec(cron=["@daily"]) == spec(cron="@daily") == ScheduleSpec(cron="@daily")


def test_what_is_awaited_is_one_condition() -> None:
    both = spec(assets="s3://orders", depends_on=[{"model": "churn"}, {"dataset": "flights"}])

    assert both.assets == {
        "all": [
            {"uri": "s3://orders"},
            {"name": "headrace.model.churn", "uri": "headrace://model/churn"},
            {"name": "headrace.dataset.flights", "uri": "headrace://dataset/flights"},
        ]
    }


@pytest.mark.parametrize(
    "schedule",
    [
        {"cron": "@daily", "start": "2024-01-01", "catchup": True},
        {"every": "6h"},
        {"continuous": True},
        {"once": True},
        {"assets": "orders", "cron": "@daily"},
        {"depends_on": {"model": "churn"}, "partition": {"by": "day"}},
        {"timetable": {"name": "airflow.timetables.simple.OnceTimetable"}},
    ],
)
def test_a_schedule_that_is_off_starts_nothing(schedule: dict[str, Any]) -> None:
    assert spec(enabled=False, max_active_tasks=3, **schedule) == ScheduleSpec(max_active_tasks=3)


def test_the_document_holds_what_differs_from_the_defaults() -> None:
    windows = [{"start": "2024-12-24", "end": "2024-12-27"}, {"cron": "0 22 * * 5", "length": "50h"}]
    document = to_json(spec(every="PT90M", blackout=windows))

    assert json.loads(json.dumps(document)) == {"every": 5400.0, "blackout": windows}
