"""How stages are run: the pipeline's values, and what is different for some stages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from headrace.config.schema.execution import Execution, StageExecution
from headrace.config.schema.runtime import Runtime

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "retries": st.integers(0, 100),
    "timeout": st.sampled_from(["1h", "2h", "45m"]),
    "pool": st.sampled_from([None, "gpu", "cpu"]),
    "retry_backoff": st.booleans() | st.sampled_from([1.0, 1.5]),
    "depends_on_past": st.booleans(),
}
written = st.fixed_dictionaries({}, optional=VALUES)


@given(pipeline=written, kind=written, own=written)
def test_the_nearest_value_counts(pipeline: dict[str, Any], kind: dict[str, Any], own: dict[str, Any]) -> None:
    runtime = Runtime.model_validate({**pipeline, "stages": {"validate": kind, "validate_table": own}})

    found = runtime.of_stage("validate", "validate_table")
    expected = Execution.model_validate({**pipeline, **kind, **own})

    assert {name: getattr(found, name) for name in Execution.model_fields} == dict(expected)
    assert runtime.of_stage("train", "train") == runtime


def test_null_for_what_must_have_a_value_is_what_holds_above() -> None:
    stages = {"train": {"retries": None, "timeout": None, "pool": None}, "gate": None}
    runtime = Runtime.model_validate({"timeout": None, "retries": 5, "pool": "gpu", "stages": stages})
    train = runtime.of_stage("train", "train")

    assert runtime.timeout == "2h"
    assert (train.retries, train.timeout, train.pool) == (5, "2h", None)
    assert runtime.of_stage("gate", "gate") == runtime
    assert runtime.model_dump()["stages"] == {"train": {"pool": None}}


@given(written)
def test_what_was_not_written_is_in_no_document(exception: dict[str, Any]) -> None:
    document = StageExecution.model_validate(exception).model_dump(mode="json")

    assert document == exception
    assert StageExecution.model_validate(document).written == exception


def test_null_takes_a_value_back() -> None:
    runtime = Runtime.model_validate({"pool": "cpu", "stages": {"train": {"pool": None}}})

    assert runtime.of_stage("train", "train").pool is None
    assert runtime.of_stage("split", "split").pool == "cpu"


@pytest.mark.parametrize("exception", [{"retries": "two"}, {"retris": 1}, {"timeout": 5}, {"stages": {}}])
def test_an_exception_has_the_keys_and_the_types_of_what_it_is_one_from(exception: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Runtime.model_validate({"stages": {"train": exception}})


@pytest.mark.parametrize(("written", "factor"), [(True, 2.0), (False, 1.0), (1.5, 1.5), (3, 3.0)])
def test_the_delay_grows_by_a_factor(written: bool | float, factor: float) -> None:
    assert Execution.model_validate({"retry_backoff": written}).backoff == factor


def test_kinds_of_failure_are_named_once_in_one_order() -> None:
    assert Execution.model_validate({"retry_on": ["killed", "connection", "killed"]}).retry_on == (
        "connection",
        "killed",
    )
