from __future__ import annotations

from copy import deepcopy
from typing import Any

from headrace.change.document import FeatureChange
from headrace.change.features import feature_changes, incomparable
from headrace.plan.model import Plan

SPEC: dict[str, Any] = {
    "task": "binary",
    "target": {"column": "late", "positive": True},
    "features": {"numeric": ["distance", "temp"], "categorical": ["carrier"]},
    "split": {"method": "random", "test": 0.2},
    "model": {"type": "x"},
    "dataset": {"row_id": ["id"], "sources": {"flights": {"types": {"carrier": "string"}}}},
}


def edited(**parts: Any) -> Plan:
    return Plan("p", {**deepcopy(SPEC), **parts}, ())


def test_columns_added_dropped_and_treated_otherwise() -> None:
    features = {"numeric": ["distance", "humid"], "categorical": ["carrier", "temp"]}

    assert feature_changes(edited(), edited(features=features)) == (
        FeatureChange("humid", "added", "numeric"),
        FeatureChange("temp", "moved", "numeric → categorical"),
    )
    assert feature_changes(edited(features=features), edited())[-1] == FeatureChange("humid", "dropped", "numeric")


def test_types_of_columns_that_the_model_sees() -> None:
    dataset = {"row_id": ["id"], "sources": {"flights": {"types": {"distance": "float", "other": "int"}}}}

    assert feature_changes(edited(), edited(dataset=dataset)) == (
        FeatureChange("carrier", "type", "string → inferred"),
        FeatureChange("distance", "type", "inferred → float"),
    )


def test_another_order_is_told() -> None:
    features = {"numeric": ["temp", "distance"], "categorical": ["carrier"]}

    (found,) = feature_changes(edited(), edited(features=features))

    assert found.fate == "order"


def test_a_new_pipeline_or_one_without_a_model_has_no_change() -> None:
    assert feature_changes(None, edited()) == ()
    assert feature_changes(edited(features=None), edited()) == ()
    assert incomparable(None, edited()) == ()


def test_why_scores_are_not_comparable() -> None:
    assert incomparable(edited(), edited()) == ()
    assert incomparable(edited(), edited(task="regression", target={"column": "delay", "positive": None})) == (
        "the task is regression, no longer binary",
        "another target is predicted",
    )
    assert incomparable(edited(), edited(split={"method": "random", "test": 0.3})) == (
        "the split is another one, so they are measured on other rows",
    )
    dataset = {**SPEC["dataset"], "row_id": ["id", "day"]}
    assert incomparable(edited(), edited(dataset=dataset)) == (
        "the row id is another one, so rows fall into other parts",
    )
