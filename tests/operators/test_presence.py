"""Added tasks around stages that a pipeline has not."""

from __future__ import annotations

from typing import Any

from headrace.operators.presence import present

STAGES = ["ingest", "train", "track"]


def task(**keys: Any) -> dict[str, Any]:
    return {"args": {}, "expand": {}, "expand_kwargs": None, "before": [], "after": [], **keys}


def test_what_comes_after_a_stage_that_is_not_there_is_left_out_and_so_on() -> None:
    tasks = {
        "report": task(after=["promote"]),
        "mail": task(after=["report"]),
        "use": task(args={"rows": {"from": "report"}}, after=["train"]),
        "stays": task(after=["train"]),
    }

    assert set(present(tasks, STAGES)) == {"stays"}


def test_what_holds_back_a_stage_that_is_not_there_is_left_out() -> None:
    assert present({"approve": task(after=["train"], before=["promote"])}, STAGES) == {}


def test_one_neighbour_that_is_there_is_enough() -> None:
    found = present({"mail": task(after=["promote", "track"], before=["gate", "train"])}, STAGES)

    assert found["mail"]["after"] == ["track"]
    assert found["mail"]["before"] == ["train"]


def test_a_misspelt_name_stays_a_mistake() -> None:
    tasks = {"mail": task(after=["promot"])}

    assert present(tasks, STAGES) == tasks
