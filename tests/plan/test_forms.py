"""What parameters take, asked of the real index of estimators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from headrace.plan.forms import needs_index, parameter_forms
from headrace.plan.loading import load
from headrace.plan.model import Plan
from headrace.project import Project
from plans import open_plan, plan_of
from projects import CHURN_PIPELINE, churn_project


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


def forms(index: Path, estimator: str, params: dict[str, Any]) -> dict[str, Any]:
    opened = {name: {"at": f"model.params.{name}"} for name in params}
    plan = plan_of(model={"type": estimator, "params": params}, params=opened)
    assert needs_index(plan)
    return parameter_forms(plan, index)


def test_bounds_and_choices_come_from_the_estimator(index: Path) -> None:
    params = {"max_iter": 100, "C": 1, "solver": "lbfgs", "fit_intercept": True, "class_weight": None}

    found = forms(index, "sklearn.linear_model.LogisticRegression", params)

    assert found["C"] == {"type": "number", "exclusiveMinimum": 0}
    assert found["max_iter"] == {"type": "integer", "minimum": 0}
    assert "saga" in found["solver"]["enum"]
    assert found["fit_intercept"] == {"type": "boolean"}
    assert "null" in found["class_weight"]["type"]


def test_xgboosts_are_known_too(index: Path) -> None:
    found = forms(index, "xgboost.XGBClassifier", {"n_estimators": 100, "max_depth": None})

    assert found["n_estimators"]["type"] in ("integer", ["integer", "null"])
    assert found["max_depth"]["type"] == ["integer", "null"]


def test_a_plan_without_parameters_asks_for_nothing(tmp_path: Path) -> None:
    assert parameter_forms(plan_of(), tmp_path / "nowhere") == {}
    assert not needs_index(plan_of(params={"seed": {"at": "seed"}}))
    assert not (tmp_path / "nowhere").exists()


def test_they_are_kept_with_the_plan_and_are_no_part_of_its_identity() -> None:
    plan = open_plan(params={"seed": {"at": "seed"}})
    from dataclasses import replace

    with_forms = replace(plan, forms={"seed": {"type": "integer"}})

    assert Plan.from_json(with_forms.to_json()).forms == {"seed": {"type": "integer"}}
    assert with_forms.digest == plan.digest


def test_they_are_there_when_the_arguments_of_tasks_are_not_checked_yet(tmp_path: Path) -> None:
    """Airflow's DAG is made of the plan as it was compiled, before anybody called `headrace lint`."""
    sandbox = churn_project(tmp_path / "project")
    more = """\
params: {least: {at: gates.0.min, min: 0.5, title: Lowest ROC AUC}}
tasks:
  approve:
    operator: airflow.providers.standard.operators.hitl.ApprovalOperator
    args: {subject: Promote?}
    after: gate
    before: register
"""
    sandbox.write("conf/pipeline/churn.yaml", CHURN_PIPELINE + more)

    compiled = load(Project(sandbox.root, sandbox.home), "churn")

    assert compiled.plan is not None
    assert not compiled.parameters_checked
    assert compiled.plan.forms["least"]["title"] == "Lowest ROC AUC"
