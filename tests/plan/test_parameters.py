"""Parameters of the model against the installed library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from headrace.config.schema import Spec
from headrace.errors import Place
from headrace.plan.build import build_plan
from headrace.plan.parameters import parameter_diagnostics


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


def problems(cache: Path, choices: Sequence[object] = (), **model: object) -> list[str]:
    spec = Spec.model_validate(
        {
            "name": "p",
            "dataset": {"sources": {"a": {"type": "csv", "path": "a.csv"}}, "row_id": ["id"]},
            "task": "binary",
            "target": {"column": "left", "positive": "yes"},
            "features": {"numeric": ["age"]},
            "split": {"method": "random", "test": 0.2},
            "model": {"type": "sklearn.ensemble.RandomForestClassifier", **model},
            "params": {"it": {"at": "model.params.n_estimators", "choices": list(choices)}} if choices else {},
        }
    )
    place = Place("conf/model/forest.yaml", 3, 3)
    offered = {f"params.it.choices.{index}": Place("p.yaml", index, 1) for index, _ in enumerate(choices)}
    plan = replace(build_plan(spec), places={"model.params.max_dpth": place, "model": place, **offered})
    return [str(diagnostic) for diagnostic in parameter_diagnostics(plan, cache)]


def test_right_parameters_are_no_problem(cache: Path) -> None:
    assert problems(cache, params={"max_depth": 3, "n_estimators": 10}) == []


def test_an_unknown_parameter_has_its_place_and_its_neighbour(cache: Path) -> None:
    (said,) = problems(cache, params={"max_dpth": 3})

    assert said.startswith("conf/model/forest.yaml:3:3: error HR157")
    assert "did you mean max_depth?" in said


def test_choices_that_the_estimator_refuses_are_told_where_they_are(cache: Path) -> None:
    of_text, below = problems(cache, [10, "abc", -3], params={"n_estimators": 10})

    assert of_text.startswith("p.yaml:1:1: error HR383: a choice of `it` is not allowed: n_estimators is the text")
    assert below.startswith("p.yaml:2:1: error HR383: a choice of `it` is not allowed: n_estimators is -3")


def test_a_wrong_type_and_an_unknown_estimator_are_told(cache: Path) -> None:
    assert "integer" in problems(cache, params={"max_depth": "deep"})[0]
    assert "RandomForestClassifier" in problems(cache, type="sklearn.ensemble.RandomForestClasifier")[0]
