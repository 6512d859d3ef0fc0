"""`headrace explain` and what it does with its words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headrace.cli import main
from headrace.cli.explain import words
from headrace.errors import UsageError
from projects import Sandbox, copy_of_repository


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return copy_of_repository(tmp_path_factory.mktemp("explain") / "project", ["wine_cultivars"])


@pytest.fixture(autouse=True)
def _in_the_project(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_PROJECT", str(sandbox.root))
    monkeypatch.delenv("HEADRACE_ENV", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def explain(capsys: pytest.CaptureFixture[str], *more: str, code: int = 0) -> str:
    assert main(["explain", "wine_cultivars", *more]) == code
    said = capsys.readouterr()
    return said.err if code else said.out


def test_the_word_without_an_equals_sign_is_the_key() -> None:
    assert words(["model=x", "model.params", "~b", "+c=1"], "key") == ("model.params", ["model=x", "~b", "+c=1"])
    assert words([], "key") == ("", [])
    with pytest.raises(UsageError, match="b is a second stage"):
        words(["a", "b"], "stage")


def test_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    said = explain(capsys, "seed", "seed=3")

    assert said.splitlines()[:3] == ["seed = 3", "  override 'seed=3'", "  replaces   conf/config.yaml:12:7   42"]


def test_every_value_that_somebody_wrote_and_all(capsys: pytest.CaptureFixture[str]) -> None:
    said, everything = explain(capsys), explain(capsys, "--all")

    assert "validation\n  analyses.rows.min" in said
    assert "max_active_runs" not in said
    assert "max_active_runs" in everything


def test_a_broken_pipeline_and_a_wrong_key_are_usage_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert "HR201" in explain(capsys, "modle", code=2)
    assert "HR112" in explain(capsys, "model=nothing", code=2)
    assert "HR201" in explain(capsys, "modle", "--against", "prod", code=2)


def test_the_tree_of_option_files(capsys: pytest.CaptureFixture[str]) -> None:
    said = explain(capsys, "--defaults", "--env", "prod")

    assert "├─ pipeline: wine_cultivars" in said
    assert "└─ env: prod" in said
    assert "override 'env=prod'" in said
    assert json.loads(explain(capsys, "--defaults", "--json"))["inside"][-1]["label"] == "env: dev"


def test_what_an_environment_changes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert explain(capsys, "--against", "dev") == "env=dev changes nothing: every value is that of env=dev\n"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")

    document = json.loads(explain(capsys, "--env", "dev", "--against", "prod", "--json"))

    (found,) = document["differences"]
    assert found["key"] == "tracking.uri"
    assert found["before"] == {"value": None, "written": "conf/tracking/mlflow.yaml:2:6"}
    assert found["after"]["value"] == "http://127.0.0.1:5000"
    assert found["after"]["written"].startswith("conf/env/prod.yaml:")


def test_the_variable_picks_the_environment_and_an_override_wins(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADRACE_ENV", "ci")

    assert explain(capsys, "registry").startswith("registry = null\n  conf/env/ci.yaml:")
    assert "HEADRACE_ENV" in explain(capsys, "--defaults")
    assert explain(capsys, "registry.alias", "env=dev").startswith("registry.alias = champion")
    monkeypatch.setenv("HEADRACE_ENV", "porduction")
    assert explain(capsys, code=2).startswith("HEADRACE_ENV: error HR112: conf/env has no option `porduction`")


def test_nothing_of_the_project_is_written_but_its_state(sandbox: Sandbox) -> None:
    assert {path.name for path in Path(sandbox.root).iterdir()} == {"conf", "dags", ".headrace"}
