"""What the schema itself refuses of triggers, in words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from headrace.config.schema.schedule import Schedule


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ({"cron": "@once"}, "write once: true instead"),
        ({"cron": ["@daily", "@midnight"]}, "'@midnight' is not a cron expression: write \"@daily\" instead"),
        ({"cron": []}, "at least 1 item"),
        ({"every": "1 week"}, "'1 week' is not a duration"),
        ({"every": "P1M"}, "'P1M' is not a duration"),
        ({"start": "2024-01-01T06:00+02:00"}, "is not a date: write YYYY-MM-DD"),
        ({"assets": ["orders", "prices"]}, "write {all: […]} or {any: […]}"),
        ({"assets": {"all": ["orders"], "any": ["prices"]}}, "here are all and any"),
        ({"assets": {"all": []}}, "write one of: a name"),
        ({"assets": " "}, "an asset has a name"),
        ({"assets": "self"}, "a name that Airflow keeps for itself"),
        ({"assets": {"any": [{"uri": "airflow://orders"}]}}, "a name that Airflow keeps for itself"),
        ({"depends_on": {"model": "a", "dataset": "b"}}, "several go in a list"),
        ({"depends_on": [{"modle": "a"}]}, "Extra inputs are not permitted"),
        ({"blackout": [{"start": "2024-12-24"}]}, "write {start: DAY, end: DAY}"),
        ({"blackout": [{"start": "2024-12-24", "end": "2024-12-27", "length": "1h"}]}, "write {start: DAY, end: DAY}"),
        ({"partition": {"by": "year"}}, "Input should be 'hour', 'day', 'week', 'month' or 'key'"),
        ({"timetable": {"name": "Days"}}, "String should match pattern"),
    ],
)
def test_what_is_refused(schedule: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Schedule.model_validate(schedule)
    assert says in str(caught.value)


def test_one_dependency_may_stand_alone() -> None:
    alone, listed = ({"depends_on": value} for value in ({"model": "a"}, [{"model": "a"}]))
    assert Schedule.model_validate(alone) == Schedule.model_validate(listed)
