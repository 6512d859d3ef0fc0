from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from headrace.scaffold.decide.target import TargetChoice, choose_target, find_column
from headrace.scaffold.refusal import RefusalError


def _chosen(values: list[Any], name: str = "y", task: Any = None) -> TargetChoice:
    return choose_target(pl.Series(name, values), task)


@pytest.mark.parametrize(
    ("name", "values", "task"),
    [
        ("y", [0, 1], "binary"),
        ("y", [1, 2], "binary"),
        ("y", [0.0, 1.0], "binary"),
        ("y", ["yes", "no"], "binary"),
        ("y", [True, False], "binary"),
        ("y", ["a", "b", "c"], "multiclass"),
        ("y", [0, 1, 2], "multiclass"),
        ("y", [1.0, 2.0, 3.0], "multiclass"),
        ("y", [0.5, 1.5, 2.0], "regression"),
        ("y", list(range(40)), "regression"),
        ("quality", [3, 4, 5, 6, 7, 8], "regression"),
        ("n_visits", [0, 1, 2, 3], "regression"),
    ],
)
def test_the_values_say_the_task(name: str, values: list[Any], task: str) -> None:
    assert _chosen(values * 40, name).task == task


def test_few_ordered_values_are_a_guess_that_says_so_and_can_be_overruled() -> None:
    chosen = _chosen([3, 4, 5, 6] * 20, "quality")
    assert "task: multiclass would" in chosen.notes[0]
    assert _chosen([3, 4, 5, 6] * 20, "quality", "multiclass").task == "multiclass"


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["yes", "no"], "yes"),
        ([0, 1], 1),
        ([0.0, 1.0], 1.0),
        ([True, False], True),
        (["M", "B"], "M"),
        ([" >50K", " <=50K"], " >50K"),
        ([1, 2, 1], 2),
        ([-1, 1], 1),
        (["left", "right", "right"], "left"),
    ],
)
def test_the_event_is_named_as_one_or_else_the_rarer_value(values: list[Any], positive: Any) -> None:
    assert _chosen(values * 30).positive == positive


def test_missing_targets_and_rare_events_are_said() -> None:
    chosen = _chosen([0] * 95 + [1] * 5 + [None] * 10)
    assert chosen.missing == 10
    assert any("10 of 110 rows" in note for note in chosen.notes)
    assert any(note.startswith("imbalanced: 5.00%") for note in chosen.notes)


@pytest.mark.parametrize(
    ("values", "task", "code"),
    [
        ([1] * 50, None, "HR224"),
        ([None] * 50, None, "HR224"),
        ([f"name {n}" for n in range(50)], None, "HR224"),
        ([date(2020, 1, 1), date(2020, 1, 2)] * 20, None, "HR224"),
        ([0, 1] * 10, None, "HR225"),
        ([0, 1] * 14 + [None] * 500, None, "HR225"),
        ([0, 1, 2] * 20, "binary", "HR229"),
        (["a", "b"] * 20, "regression", "HR229"),
        (list(range(300)), "multiclass", "HR229"),
    ],
)
def test_what_cannot_be_predicted_is_refused(values: list[Any], task: Any, code: str) -> None:
    with pytest.raises(RefusalError) as caught:
        _chosen(values, task=task)
    assert caught.value.code == code
    assert caught.value.remedy


def test_a_misspelt_target_is_named() -> None:
    with pytest.raises(RefusalError) as caught:
        find_column("churnd", ["age", "churned"])
    assert caught.value.code == "HR223"
    assert "did you mean churned" in caught.value.remedy
