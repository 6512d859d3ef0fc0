from __future__ import annotations

from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder
from headrace.lint import lint
from headrace.project import Project


@pytest.fixture
def folder(tmp_path: Path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder


def told(folder: ProjectFolder) -> list[str]:
    found = lint(Project(folder.root, folder.root / ".headrace"), ["late"])
    return [f"{problem.place} {problem.severity} {problem.code} {problem.remedy}" for problem in found]


def write(folder: ProjectFolder, runtime: str) -> None:
    folder.edit("conf/config.yaml", "owner: nobody", "owner: nobody\nruntime: {" + runtime + "}")


def test_one_that_is_not_there_is_told_until_it_is_made(folder: ProjectFolder) -> None:
    write(folder, "python: envs/none/bin/python, stages: {train: {retries: 1}}")

    (only,) = told(folder)
    assert only == "conf/config.yaml:6:19 warning HR399 make its environment: python -m venv envs/none"

    folder.write({"envs/none/bin/python": ""})
    assert told(folder) == []
    assert told(folder) == []

    (folder.root / "envs/none/bin/python").unlink()
    assert told(folder) == [only]


def test_that_of_a_stage_is_told_at_the_stage(folder: ProjectFolder) -> None:
    write(folder, "stages: {train: {python: python3.11/python}}")

    (only,) = told(folder)
    assert only.startswith("conf/config.yaml:6:36 warning HR399 make its environment, or")


def test_an_absolute_path_may_lie_in_the_project(folder: ProjectFolder) -> None:
    write(folder, f"python: {folder.root}/envs/none/bin/python")

    assert len(told(folder)) == 1


@pytest.mark.parametrize(
    "runtime",
    [
        "python: /opt/none/bin/python",
        "python: python3.99",
        "python: ~/none/bin/python",
        "type: docker, image: a, python: envs/none/bin/python",
        "python: null",
    ],
)
def test_what_is_not_the_projects_is_not_looked_for(folder: ProjectFolder, runtime: str) -> None:
    write(folder, runtime)

    assert told(folder) == []
