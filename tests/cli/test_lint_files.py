from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.cli.lint_files import chosen
from headrace.errors import UsageError
from headrace.project import Project

OTHER = "# @package _global_\ndefaults:\n  - /dataset: other\n  - _self_\ndescription: x\n"


@pytest.fixture
def linted(project: ProjectFolder) -> Project:
    project.write({"conf/pipeline/other.yaml": OTHER, "conf/dataset/other.yaml": "sources: {}\n"})
    return Project(project.root, project.root / ".headrace")


@pytest.mark.parametrize(
    ("words", "pipelines"),
    [
        ([], ("late", "other")),
        (["other"], ("other",)),
        (["conf/config.yaml"], ("late", "other")),
        (["conf/dataset/other.yaml"], ("other",)),
        (["conf/dataset/flights.sql", "other"], ("late", "other")),
        (["conf/model/forest.yaml"], ()),
        (["conf/dataset"], ("late", "other")),
    ],
)
def test_words_stand_for_pipelines(linted: Project, words: list[str], pipelines: tuple[str, ...]) -> None:
    assert chosen(linted, words).pipelines == pipelines


def test_a_link_is_itself_and_not_its_target(linted: Project) -> None:
    (linted.conf / "model" / "out.yaml").symlink_to("/dev/null")
    assert chosen(linted, ["conf/model/out.yaml"]).files == ("conf/model/out.yaml",)


@pytest.mark.parametrize("word", ["nobody", "conf/model/none.yaml", "/dev/null", "..", ""])
def test_anything_else_is_a_mistake(linted: Project, word: str) -> None:
    with pytest.raises(UsageError, match="neither a pipeline nor a file"):
        chosen(linted, [word])
