from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from headrace.cli import main

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(REPOSITORY / "conf", tmp_path / "conf")
    lines = [f"{n * 37 % 101},{n * 37 % 101 / 3 + n % 5}" for n in range(60)]
    (tmp_path / "rent.csv").write_text("\n".join(["size,rent", *lines]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEADRACE_PROJECT", raising=False)
    return tmp_path


def test_it_says_what_it_saw_what_it_guessed_and_what_comes_next(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "rents", "--data", "rent.csv", "--target", "rent"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("60 rows, 2 columns\n")
    assert "conf/pipeline/rents.yaml" in said
    assert "task: rent has numbers with fractions" in said
    assert "headrace run rents" in said
    assert not (project / "data").exists()


def test_a_dry_run_prints_the_files_and_writes_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "rents", "--data", "rent.csv", "--target", "rent", "--dry-run"]) == 0
    assert "# ---- conf/dataset/rents.yaml\n" in capsys.readouterr().out
    assert not (project / "conf" / "pipeline" / "rents.yaml").exists()


def test_a_refusal_is_a_diagnostic_and_exit_2(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "rents", "--data", "rent.csv", "--target", "rentt"]) == 2
    said = capsys.readouterr().err
    assert "error HR223: the table has no column rentt" in said
    assert "did you mean rent" in said


def test_outside_a_project_the_remedy_is_to_make_one(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.delenv("HEADRACE_PROJECT", raising=False)
    assert main(["new", "rents", "--data", "rent.csv", "--target", "rent"]) == 2
    assert "headrace init" in capsys.readouterr().err
