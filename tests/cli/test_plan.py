"""`headrace plan` as a command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headrace.cli import main
from repositories import Repository, git, repository


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "MLFLOW_TRACKING_URI", "HEADRACE_HOME"):
        monkeypatch.delenv(name, raising=False)
    made = repository(tmp_path / "repo")
    monkeypatch.setenv("HEADRACE_PROJECT", str(made.root))
    return made


def test_exit_codes(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan"]) == 0
    assert main(["plan", "--exit-code"]) == 0
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.6")
    assert main(["plan"]) == 0
    assert main(["plan", "--exit-code"]) == 4
    repo.edit("conf/pipeline/late.yaml", "min: 0.6", "mni: 0.6")
    assert main(["plan"]) == 1
    assert main(["plan", "--exit-code"]) == 1
    assert main(["plan", "--against", "nowhere"]) == 2
    assert "error HR211: there is no commit nowhere" in capsys.readouterr().err
    assert main(["plan", "alte"]) == 2


def test_forms(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.6")

    assert main(["plan", "late", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["pipelines"][0]["gates"][0]["fate"] == "loosened"
    assert main(["plan", "--format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("### headrace plan\n")


def test_outside_of_a_repository_and_before_the_first_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text("seed: 0\n")
    monkeypatch.setenv("HEADRACE_PROJECT", str(tmp_path))

    assert main(["plan"]) == 2
    assert "error HR210: " in capsys.readouterr().err
    git(tmp_path, "init", "--quiet")
    assert main(["plan"]) == 2
    assert "error HR212: the repository has no commits yet" in capsys.readouterr().err


def test_an_option_in_the_place_of_a_revision_is_refused(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--against=--upload-pack=touch"]) == 2
    assert "is not a revision" in capsys.readouterr().err
