"""Stages that share a task."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.errors import ConfigError
from headrace.plan.model import Plan
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import StageTask
from plans import plan_of

STAGES = [stage.name for stage in plan_of().stages]


def tasks(plan: Plan) -> dict[str, StageTask]:
    return {task.task_id: task for task in dag_spec(plan).tasks}


def fused(fuse: Any, **runtime: Any) -> dict[str, StageTask]:
    return tasks(plan_of(runtime={"fuse": fuse, **runtime}))


@pytest.mark.parametrize("fuse", [False, "never"])
def test_never_is_a_task_for_each(fuse: Any) -> None:
    assert list(fused(fuse)) == STAGES


def test_auto_leaves_what_takes_long_alone_and_joins_the_rest() -> None:
    found = fused("auto")

    assert {name: task.stages for name, task in found.items()} == {
        "ingest": ("ingest",),
        "validate_to_split": ("validate", "transform", "validate_table", "split"),
        "train": ("train",),
        "evaluate_to_track": ("evaluate", "gate", "register", "promote", "track"),
    }
    assert set(found["evaluate_to_track"].upstream) == {"train"}
    assert found["evaluate_to_track"].options.trigger_rule == "none_failed"  # reporting runs regardless


def test_auto_joins_nothing_that_runs_elsewhere_or_otherwise() -> None:
    found = fused("auto", stages={"transform": {"retries": 9}, "register": {"env": {"A": "b"}}})

    assert "transform" in found
    assert "register" in found
    assert found["evaluate_to_gate"].stages == ("evaluate", "gate")


def test_times_are_added_up() -> None:
    found = fused([["validate_table", "split"], ["register", "promote"]], timeout="10m")

    assert found["register_to_promote"].options.timeout == 1200


def test_a_group_is_as_it_is_written_whatever_the_order() -> None:
    found = fused([["promote", "register"]])

    assert found["register_to_promote"].stages == ("register", "promote")
    assert found["gate"].skips == ("register_to_promote",)
    assert found["track"].upstream == ("register_to_promote",)


def test_a_refusal_within_a_group_skips_what_lies_behind_all_of_it() -> None:
    found = fused([["evaluate", "gate"], ["promote", "track"]])

    assert found["evaluate_to_gate"].skips == ("register",)  # reporting runs; promote sees the refusal itself
    assert found["promote_to_track"].options.trigger_rule == "none_failed"


def test_what_had_been_decided_before_is_said() -> None:
    found = fused([["register", "promote"]])

    assert found["register_to_promote"].consequence == "the champion stays"
    assert found["track"].consequence == "the champion had been decided on before"


def test_a_group_that_others_lie_between_is_refused() -> None:
    with pytest.raises(ConfigError, match="`ingest` and `train` cannot share a task") as caught:
        fused([["ingest", "train"]])

    assert {problem.code for problem in caught.value.diagnostics} == {"HR395"}


def test_a_group_of_stages_that_run_apart_is_refused() -> None:
    with pytest.raises(ConfigError, match="differ in type"):
        fused([["validate", "transform"]], stages={"transform": {"type": "in_process"}})


def test_a_stage_that_this_pipeline_lacks_is_left_out() -> None:
    plan = plan_of(validation={}, runtime={"fuse": [["validate", "transform", "validate_table", "split"]]})

    assert "transform_to_split" in tasks(plan)


@given(st.lists(st.integers(0, 3), min_size=len(STAGES), max_size=len(STAGES)))
@settings(max_examples=60, deadline=None)
def test_every_stage_runs_once_after_all_that_it_needs(owners: list[int]) -> None:
    """Whatever the groups: refused, or a graph without circles in which each stage has one task."""
    groups = [[name for name, owner in zip(STAGES, owners, strict=True) if owner == number] for number in range(3)]
    plan = plan_of(runtime={"fuse": [group for group in groups if len(group) > 1]})
    try:
        found = tasks(plan)
    except ConfigError:
        return
    done: list[str] = []
    waiting = dict(found)
    while waiting:
        ready = [task for task in waiting.values() if not set(task.upstream) & set(waiting)]
        assert ready, "the tasks wait for each other"
        for task in ready:
            for name in task.stages:
                assert set(plan.stage(name).upstream) <= {*done, *task.stages}
            done += task.stages
            del waiting[task.task_id]
    assert sorted(done) == sorted(STAGES)
