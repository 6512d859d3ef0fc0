"""Which stages a pipeline has follows from its YAML."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.config.schema import Spec
from headrace.plan.build import build_plan
from headrace.plan.model import Ref

CSV = {"type": "csv", "path": "a.csv"}
MODEL: dict[str, Any] = {
    "task": "binary",
    "target": {"column": "left", "positive": "yes"},
    "features": {"numeric": ["age"]},
    "split": {"method": "random", "test": 0.2},
    "model": {"type": "sklearn.linear_model.LogisticRegression"},
    "metrics": ["roc_auc"],
}


def spec(**parts: Any) -> Spec:
    return Spec.model_validate({"name": "p", "dataset": {"sources": {"a": CSV}}, **parts})


def names(**parts: Any) -> list[str]:
    return [stage.name for stage in build_plan(spec(**parts)).stages]


def test_data_alone_is_only_read() -> None:
    assert names() == ["ingest", "track"]


def test_a_model_without_gates_is_registered() -> None:
    assert names(**MODEL) == ["ingest", "split", "train", "evaluate", "register", "promote", "track"]


def test_everything_that_is_asked_for_has_its_stage() -> None:
    asked = names(
        **MODEL,
        dataset={"sources": {"a": CSV, "b": CSV}, "transform": {"type": "sql", "query": "select 1"}},
        validation={"a": {"rows": {"min": 1}}, "table": {"rows": {"min": 1}}},
        gates=[{"metric": "roc_auc", "min": 0.5}],
    )

    assert asked == [
        "ingest",
        "validate",
        "transform",
        "validate_table",
        "split",
        "train",
        "evaluate",
        "gate",
        "register",
        "promote",
        "track",
    ]


def test_without_a_registry_nothing_is_registered() -> None:
    assert names(**MODEL, registry=None) == ["ingest", "split", "train", "evaluate", "track"]


def test_training_never_sees_the_test_part() -> None:
    stage = build_plan(spec(**MODEL)).stage("train")

    assert Ref("split", "test.parquet") not in stage.inputs.values()


def test_nothing_learns_before_the_rules_have_passed() -> None:
    plan = build_plan(spec(**MODEL, validation={"a": {"rows": {"min": 1}}}))

    assert "validate" in plan.stage("split").upstream


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        ({"seed": 1}, {"train", "evaluate"}),
        ({"metrics": ["log_loss"]}, {"evaluate"}),
        ({"split": {"method": "random", "test": 0.3}}, {"split"}),
        ({"owner": "somebody"}, {"register", "track"}),
        ({"schedule": {"cron": "@daily"}}, set()),
        ({"runtime": {"retries": 9, "stages": {"train": {"timeout": "6h"}}}}, set()),
        ({"dag": {"timeout": "6h"}}, set()),
        ({"features": {"numeric": ["age"], "categorical": ["plan"]}}, {"train"}),
    ],
)
def test_a_value_touches_only_the_stages_whose_slice_has_it(change: dict[str, Any], touched: set[str]) -> None:
    before = {stage.name: stage.recipe for stage in build_plan(spec(**MODEL)).stages}
    after = {stage.name: stage.recipe for stage in build_plan(spec(**{**MODEL, **change})).stages}

    assert {name for name in before if before[name] != after[name]} == touched


def test_the_model_s_package_is_part_of_its_recipe() -> None:
    model = {"type": "xgboost.XGBClassifier"}

    assert "xgboost" in build_plan(spec(**{**MODEL, "model": model})).stage("train").distributions
    assert "xgboost" not in build_plan(spec(**MODEL)).stage("train").distributions


def test_compiling_twice_makes_equal_plans() -> None:
    assert build_plan(spec(**MODEL)).digest == build_plan(spec(**MODEL)).digest


def test_an_exception_for_a_stage_that_is_not_there_is_noted() -> None:
    plan = build_plan(spec(**MODEL, runtime={"stages": {"train": {"retries": 1}, "transform": {"retries": 1}}}))

    assert plan.notes == ("runtime.stages.transform is left out: the pipeline has no such stage",)
