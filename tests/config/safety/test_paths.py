from __future__ import annotations

import pytest

from config_folder import FILES, ProjectFolder


@pytest.fixture
def project(tmp_path, request) -> ProjectFolder:
    folder = ProjectFolder(tmp_path / "project")
    folder.write(FILES)
    return folder


def test_a_declared_root_opens_what_is_below_it(project: ProjectFolder) -> None:
    project.edit("conf/dataset/flights.yaml", "data/flights.csv", "/srv/lake/2013/flights.csv")
    assert project.problem().code == "HR252"
    project.edit("conf/config.yaml", "seed: 0", "seed: 0\ndata_roots: [/srv/lake]")
    spec, _ = project.compile()
    assert spec.data_roots == ("/srv/lake",)


def test_a_root_is_named_exactly(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "seed: 0", "seed: 0\ndata_roots: [/srv/lake]")
    project.edit("conf/dataset/flights.yaml", "data/flights.csv", "/srv/lake-of-others/flights.csv")
    assert "outside the project and its data roots" in project.problem().message


@pytest.mark.parametrize(
    "path", ["data/a b/x.csv", "data/R&D/é.csv", "./data/../data/x.csv", "data/**/*.csv", "data/[0-9]*.csv"]
)
def test_plain_paths_are_left_alone(project: ProjectFolder, path: str) -> None:
    project.edit("conf/dataset/flights.yaml", "data/flights.csv", f"'{path}'")
    project.compile()


def test_an_environment_widens_what_a_pipeline_may_not(project: ProjectFolder) -> None:
    project.write({"conf/env/prod.yaml": "# @package _global_\ndata_roots: [/srv/lake]\n"})
    project.edit("conf/config.yaml", "  - _self_", "  - _self_\n  - env: prod")
    assert project.compile()[0].data_roots == ("/srv/lake",)
    project.edit("conf/pipeline/late.yaml", "task: binary", "data_roots: [/srv/other]\ntask: binary")
    assert project.problem().code == "HR263"


def test_the_command_line_may_widen(project: ProjectFolder) -> None:
    assert project.compile("+data_roots=[/srv/lake]")[0].data_roots == ("/srv/lake",)
