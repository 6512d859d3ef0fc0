"""Compiling what is stale, outside this process and within bounds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from airflow_runs import project_of
from headrace.plan.cache import compiled
from headrace_airflow.freshness import up_to_date
from projects import CHURN_PIPELINE, Sandbox, churn_project


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return churn_project(tmp_path / "project")


def test_what_was_never_compiled_is_compiled_outside_this_process(sandbox: Sandbox) -> None:
    hydra = "hydra" in sys.modules

    (result,) = up_to_date(project_of(sandbox), ["churn"])

    assert result.plan is not None
    assert ("hydra" in sys.modules) is hydra


def test_an_edit_is_seen(sandbox: Sandbox) -> None:
    project = project_of(sandbox)
    (before,) = up_to_date(project, ["churn"])
    sandbox.edit("conf/pipeline/churn.yaml", "min: 0.6", "min: 0.7")

    (after,) = up_to_date(project, ["churn"])

    assert before.plan
    assert after.plan
    assert after.plan.digest != before.plan.digest


def test_a_broken_pipeline_keeps_no_other_from_being_compiled(sandbox: Sandbox) -> None:
    sandbox.write("conf/pipeline/broken.yaml", CHURN_PIPELINE + "modle: ridge\n")

    broken, churn = up_to_date(project_of(sandbox), ["broken", "churn"])

    assert churn.plan is not None
    assert "modle" in broken.diagnostics[0].message


def test_a_compiler_that_takes_too_long_is_ended_and_said_so(sandbox: Sandbox) -> None:
    project = project_of(sandbox)

    (result,) = up_to_date(project, ["churn"], limit=0.05)

    assert result.plan is None
    assert "within" in result.diagnostics[0].message
    assert "headrace compile" in result.diagnostics[0].remedy
    assert compiled(project, "churn") is None


def test_a_compiler_that_breaks_down_is_said_so(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    (sandbox.root / "hydra").mkdir()
    sandbox.write("hydra/__init__.py", "raise RuntimeError('no hydra here')")
    monkeypatch.setenv("PYTHONPATH", str(sandbox.root))

    (result,) = up_to_date(project_of(sandbox), ["churn"])

    assert result.plan is None
    assert "no hydra here" in result.diagnostics[0].message
