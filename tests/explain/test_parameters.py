"""What the estimator index says of a parameter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headrace.explain.parameters import parameter_meaning


def spec(estimator: str) -> dict[str, Any]:
    return {"model": {"type": estimator}}


def test_scikit_learns_parameters_have_bounds_and_defaults(cache: Path) -> None:
    found = parameter_meaning("model.params.C", spec("sklearn.linear_model.LogisticRegression"), cache)

    assert found.allowed == "a number > 0"
    assert (found.has_default, found.default) == (True, 1.0)
    assert "sklearn.linear_model.LogisticRegression" in found.text


def test_xgboosts_come_from_its_table(cache: Path) -> None:
    found = parameter_meaning("model.params.max_depth", spec("xgboost.XGBClassifier"), cache)

    assert found.allowed == "an integer ≥ 0, or null"
    assert not found.has_default


def test_what_the_index_does_not_know_is_only_named(cache: Path) -> None:
    assert parameter_meaning("model.params.x", spec("theirs.Model"), cache).allowed == ""
    assert parameter_meaning("model.params.x", spec("sklearn.linear_model.Ridge"), cache).allowed == ""
