"""What a pipeline makes new for others, and when that is true."""

from __future__ import annotations

import pytest

from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import OutletSpec
from headrace_airflow.spec.outlets import true_outlets
from plans import plan_of

TABLE = OutletSpec("headrace.dataset.flights", "headrace://dataset/flights")
MODEL = OutletSpec("headrace.model.flights", "headrace://model/flights", if_promoted=True)


def test_the_checked_table_and_the_promoted_model_are_made_new() -> None:
    outlets = {task.task_id: task.outlets for task in dag_spec(plan_of()).tasks if task.outlets}

    assert outlets == {"validate_table": (TABLE,), "promote": (MODEL,)}


def test_a_fused_task_makes_both_new() -> None:
    (task,) = dag_spec(plan_of(runtime={"fuse": True})).tasks

    assert task.outlets == (TABLE, MODEL)


def test_a_pipeline_that_registers_nothing_makes_no_model_new() -> None:
    outlets = [outlet for task in dag_spec(plan_of(registry=None)).tasks for outlet in task.outlets]

    assert outlets == [TABLE]


@pytest.mark.parametrize(
    ("document", "is_new"),
    [
        ({"stage": "promote", "status": "ran", "facts": {"promoted": True}}, True),
        ({"stage": "promote", "status": "ran", "facts": {"promoted": False}}, False),
        ({"stages": [], "model": {"name": "flights", "version": "3", "alias": "champion"}}, True),
        ({"stages": [], "model": {"name": "flights", "version": "3", "alias": None}}, False),
        ({"stages": [], "model": None}, False),
        ({}, False),
    ],
    ids=["promoted", "withdrawn", "fused", "fused, not promoted", "fused, refused", "nothing is known"],
)
def test_a_model_is_new_only_if_it_was_promoted(document: dict[str, object], is_new: bool) -> None:
    assert true_outlets((TABLE, MODEL), document) == ([TABLE, MODEL] if is_new else [TABLE])
