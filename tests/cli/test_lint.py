"""`headrace lint`, as somebody at a terminal or a hook sees it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from config_folder import ProjectFolder
from headrace.cli import main
from headrace.models.index import load_index

PIPELINE = "conf/pipeline/late.yaml"
LATER = "# @package _global_\ndefaults:\n  - late\n  - _self_\ndescription: the same again\n"


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    load_index(folder / "compiled")
    return folder


@pytest.fixture(autouse=True)
def _inside(project: ProjectFolder, built_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(built_index, project.root / ".headrace")
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("HEADRACE_HOME", raising=False)


def test_a_clean_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 0
    assert capsys.readouterr().out.startswith("1 pipeline: no problems")


def test_what_many_pipelines_share_is_said_once(project: ProjectFolder, capsys: pytest.CaptureFixture[str]) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: 5")
    project.write({f"conf/pipeline/later{number}.yaml": LATER for number in range(5)})
    assert main(["lint"]) == 1
    said = capsys.readouterr().out
    assert said.count("HR142") == 1
    assert "  in 6 pipelines: late, later0, later1 and 3 more\n" in said
    assert "6 pipelines: 1 error" in said
    assert main(["lint", "--format", "json"]) == 1
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry == {
        "file": "conf/config.yaml",
        "line": 5,
        "column": 8,
        "code": "HR142",
        "severity": "error",
        "message": "`owner` must be text, not the number 5",
        "remedy": 'put quotes round it: "5"',
        "pipeline": "late, later0, later1, later2, later3, later4",
    }


def test_notes_on_a_pull_request(project: ProjectFolder, capsys: pytest.CaptureFixture[str]) -> None:
    project.edit(PIPELINE, "method: time", "method: 50%")
    assert main(["lint", "--format", "github"]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"::error file={PIPELINE},line=12,col=17,title=HR143::`split.method` cannot be '50%25'; ")


@pytest.mark.parametrize("word", ["late", PIPELINE, "conf/dataset/flights.yaml", "conf/dataset/flights.sql", "conf"])
def test_files_stand_for_the_pipelines_that_they_are_part_of(
    project: ProjectFolder, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project.edit(PIPELINE, "task: binary", "task: binry")
    project.write({"conf/pipeline/other.yaml": "# @package _global_\nowner: @me\n"})
    assert main(["lint", word]) == 1
    said = capsys.readouterr().out
    assert f"{PIPELINE}:7:7: error HR143" in said
    assert ("other.yaml" in said) is (word == "conf")


def test_a_file_that_no_pipeline_uses(project: ProjectFolder, capsys: pytest.CaptureFixture[str]) -> None:
    project.edit("conf/model/forest.yaml", "params:", "parms:")
    project.edit(PIPELINE, "task: binary", "task: binry")
    assert main(["lint", "conf/model/forest.yaml"]) == 1
    said = capsys.readouterr().out
    assert "conf/model/forest.yaml:2:1: error HR140" in said
    assert "0 pipelines: 1 error" in said


def test_paths_count_from_here(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.edit(PIPELINE, "task: binary", "task: binry")
    monkeypatch.chdir(project.root / "conf" / "pipeline")
    assert main(["lint", "late.yaml"]) == 1
    assert f"{PIPELINE}:7:7" in capsys.readouterr().out


def test_files_of_somebody_else(project: ProjectFolder, capsys: pytest.CaptureFixture[str]) -> None:
    project.write({"README.md": "x"})
    assert main(["lint", "README.md"]) == 2
    assert main(["lint", "lat"]) == 2
    assert "neither a pipeline nor a file under" in capsys.readouterr().err


def test_only_errors(project: ProjectFolder, capsys: pytest.CaptureFixture[str]) -> None:
    project.edit(PIPELINE, "  - _self_\n", "")
    assert main(["lint"]) == 1
    assert "1 pipeline: 1 warning" in capsys.readouterr().out
    assert main(["lint", "--severity", "error"]) == 0


def test_more_about_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--explain", "hr116"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("HR116: a number that YAML reads differently from people\n\nYAML 1.1 reads 010")
    assert said.endswith('good:\n  seed: 10\n  cron: "30 6 * * *"\n')
    assert main(["lint", "--explain", "HR999"]) == 2


def test_no_colour_in_a_pipe(project: ProjectFolder, capsys: pytest.CaptureFixture[str]) -> None:
    project.edit(PIPELINE, "task: binary", "task: binry")
    main(["lint"])
    assert "\x1b" not in capsys.readouterr().out
