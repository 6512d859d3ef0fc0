from __future__ import annotations

from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder
from headrace.lint import lint
from headrace.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    ProjectFolder(tmp_path).write(FILES)
    return Project(tmp_path, tmp_path / ".headrace")


def add(project: Project, name: str, lines: str) -> None:
    text = f"# @package _global_\ndefaults:\n  - late\n  - _self_\n{lines}\n"
    (project.conf / "pipeline" / f"{name}.yaml").write_text(text)


def test_models_that_stand_apart(project: Project) -> None:
    add(project, "other", "owner: me")
    add(project, "data_only", "registry: null")
    assert lint(project, project.pipelines()) == ()


def test_the_one_that_takes_the_others_name_is_at_fault(project: Project) -> None:
    add(project, "early", "registry: {name: late}")
    (found,) = lint(project, project.pipelines())
    assert (found.code, found.pipeline, str(found.place)) == ("HR190", "early", "conf/pipeline/early.yaml:5:18")
    assert lint(project, ["early"]) == ()  # nothing is said of a whole that was not looked at
