from __future__ import annotations

from pathlib import Path

import pytest

from config_folder import ProjectFolder
from headrace.lint import lint
from headrace.models.index import load_index
from headrace.project import Project


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    for name in ("broken", "again"):
        load_index(folder / name / "compiled")
    return folder


def test_one_broken_file_hides_nothing(project: ProjectFolder, home: Path) -> None:
    project.edit("conf/pipeline/late.yaml", "task: binary", "task: @binary")
    project.edit("conf/schedule/daily.yaml", "start:", "strt:")
    project.edit("conf/model/forest.yaml", "params:", "parms:")
    project.write({"conf/pipeline/other.yaml": "# @package _global_\nowner: 5\n"})
    linted = Project(project.root, home / "broken")
    found = [f"{item.place} {item.code}" for item in lint(linted, linted.pipelines())]
    assert found == [
        "conf/model/forest.yaml:2:1 HR140",
        "conf/pipeline/late.yaml:7:7 HR102",
        "conf/pipeline/other.yaml:2:1 HR141",
        "conf/pipeline/other.yaml:2:8 HR142",
        "conf/schedule/daily.yaml:2:1 HR140",
    ]


def test_a_second_time_says_the_same(project: ProjectFolder, home: Path) -> None:
    project.edit("conf/pipeline/late.yaml", "task: binary", "task: binry")
    linted = Project(project.root, home / "again")
    assert lint(linted, ["late"]) == lint(linted, ["late"]) != ()
