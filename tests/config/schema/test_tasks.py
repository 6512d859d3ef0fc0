"""Added tasks: keys of their own, and those that say how any task is run."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from headrace.config.schema.execution import StageExecution, TaskExecution
from headrace.config.schema.placement import Placement
from headrace.config.schema.tasks import AddedTask

FUNCTION = {"function": "shop.hooks.walk"}


def test_a_task_is_run_by_the_keys_that_stages_have() -> None:
    of_stages = set(StageExecution.model_fields) - set(Placement.model_fields)

    assert of_stages <= set(AddedTask.model_fields)
    assert of_stages - set(TaskExecution.model_fields) == {"retries", "timeout"}


def test_only_what_is_written_counts_of_those() -> None:
    document = AddedTask.model_validate({**FUNCTION, "queue": None}).model_dump(mode="json")

    assert {key for key in document if key in TaskExecution.model_fields} == {"queue"}
    assert (document["before"], document["retries"], document["trigger_rule"]) == ([], None, "all_success")
    assert AddedTask.model_validate(document).written == {"queue": None}


@pytest.mark.parametrize(
    "asset", [{"name": "orders"}, {"uri": "s3://a/b"}, {"name": "self", "uri": "s3://a/b"}, "airflow:x"]
)
def test_an_asset_that_is_no_whole_one(asset: Any) -> None:
    with pytest.raises(ValidationError):
        AddedTask.model_validate({**FUNCTION, "outlets": [asset]})


def test_a_schema_gives_no_default_to_what_is_taken_from_elsewhere() -> None:
    fields = AddedTask.model_json_schema()["properties"]

    assert "default" not in fields["queue"]
    assert "default" not in fields["pool_slots"]
    assert fields["trigger_rule"]["default"] == "all_success"
