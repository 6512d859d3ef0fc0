"""The words that may stand at the cursor."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.cli.completion import command_tree
from headrace.completion.candidates import Answer, answer
from headrace.completion.expected import expected
from projects import Sandbox


@pytest.fixture(autouse=True)
def _there(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sandbox.root)
    monkeypatch.delenv("HEADRACE_PROJECT", raising=False)


def asked(*words: str) -> Answer:
    return answer(expected(command_tree(), words))


def offered(*words: str) -> list[str]:
    return [candidate.word for candidate in asked(*words).candidates]


def test_verbs_with_their_summary() -> None:
    run = asked("ru").candidates[0]

    assert (run.word, run.help) == ("run", "run a pipeline")
    assert {"run", "lint", "doctor", "dags"} <= set(offered(""))


def test_pipelines_and_files_for_lint() -> None:
    assert offered("run", "") == ["flight_delays", "wine_cultivars"]
    assert offered("run", "w") == ["wine_cultivars"]
    assert offered("lint", "wine_cultivars", "") == ["flight_delays"]
    assert asked("lint", "").files == "files"


def test_stages_of_the_pipeline_that_was_named() -> None:
    assert {"ingest", "train", "promote"} <= set(offered("stage", "wine_cultivars", "--run-id", "1", ""))


def test_options_and_their_choices() -> None:
    assert "--multirun" in offered("run", "--")
    assert offered("run", "x", "--cfg", "") == ["job", "hydra", "all"]
    assert offered("lint", "--format=j") == ["--format=json"]
    assert "HR101" in offered("lint", "--explain", "HR1")


def test_files_and_folders_are_the_shells() -> None:
    assert asked("predict", "wine_cultivars", "--data", "").files == "files"
    assert asked("run", "x", "--project", "").files == "folders"
    assert asked("init", "").files == "folders"


def test_overrides_of_the_pipeline_that_was_named() -> None:
    assert offered("run", "wine_cultivars", "model.params.max") == ["model.params.max_iter="]


def test_another_project_may_be_named(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert offered("run", "--project", str(sandbox.root), "w") == ["wine_cultivars"]
    assert "model" in offered("schema", "--project", str(sandbox.root), "--out", "elsewhere", "m")


def test_outside_of_a_project_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert offered("run", "") == []
    assert offered("ru") == ["run"]
