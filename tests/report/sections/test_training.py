from __future__ import annotations

from typing import Any

import pytest

from headrace.report.documents import from_documents
from headrace.report.sections.training import Training, training
from run_documents import flights


def section(history: Any, best: int | None = None) -> Training:
    made = flights()
    made.documents["train/model.json"]["training"] = {"history": history, "best_iteration": best}
    found = training(from_documents(made.run, made.config, made.documents))
    assert found is not None
    return found


def test_what_the_configuration_sets_comes_first() -> None:
    found = section(None)
    assert [name for name, _ in found.chosen] == [
        "n_estimators",
        "max_depth",
        "learning_rate",
        "tree_method",
        "max_bin",
    ]
    assert ("missing", "nan") in found.others


def test_the_curve_shows_the_round_that_was_kept() -> None:
    curve = section({"validation": {"logloss": [0.6, 0.5, 0.4, 0.5]}}, best=2).curve
    assert curve is not None
    assert curve.name == "validation logloss"
    assert (curve.first, curve.last, curve.rounds) == ("0.600", "0.400", 4)
    assert curve.best == (213.3, 120.0)
    assert curve.points.startswith("0,0 ")


@pytest.mark.parametrize(
    "history", [None, {}, [], [0.5], {"validation": {}}, [0.1, float("nan")], ["a", "b"], {"a": [1, None]}, 3]
)
def test_a_history_that_is_no_line_is_not_drawn(history: Any) -> None:
    assert section(history).curve is None


@pytest.mark.parametrize("best", [-1, 99])
def test_a_best_round_outside_the_history_has_no_dot(best: int) -> None:
    curve = section([0.5, 0.4], best).curve
    assert curve is not None
    assert (curve.best, curve.last) == (None, "0.400")


def test_a_loss_that_stays_is_a_level_line() -> None:
    curve = section([0.5, 0.5, 0.5]).curve
    assert curve is not None
    assert curve.points == "0,60 160,60 320,60"


def test_a_long_history_is_thinned_to_its_ends() -> None:
    curve = section([1 / (i + 1) for i in range(5000)]).curve
    assert curve is not None
    assert curve.points.count(",") <= 201
    assert curve.points.endswith("320,120")
