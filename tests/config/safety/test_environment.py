from __future__ import annotations

import pytest

from config_folder import FILES, ProjectFolder


@pytest.fixture
def project(tmp_path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder


def test_what_configures_a_stage_may_be_set(project: ProjectFolder) -> None:
    project.edit(
        "conf/pipeline/late.yaml",
        "task: binary",
        "runtime:\n  python: .venv/bin/python3.12\n  env: {OMP_NUM_THREADS: '2', HTTPS_PROXY: x, PYTHONHASHSEED: '0', "
        "MLFLOW_TRACKING_TOKEN: '${secret:TOKEN}', COMMAND: '$(id) {{ x }}'}\ntask: binary",
    )
    assert project.compile()[0].runtime.env["COMMAND"] == "$(id) {{ x }}"


def test_small_letters_make_no_difference(project: ProjectFolder) -> None:
    project.edit(
        "conf/pipeline/late.yaml", "task: binary", "runtime: {env: {ld_preload: x, PythonPath: y}}\ntask: binary"
    )
    assert [found.code for found in project.problems()] == ["HR255", "HR255"]


def test_exceptions_for_stages_are_held_to_the_same(project: ProjectFolder) -> None:
    stages = "{train: {env: {LD_PRELOAD: /tmp/x.so}, python: 'sh -c id'}}"
    project.edit("conf/config.yaml", "owner: nobody", "runtime: {stages: " + stages + "}")

    assert [(found.code, str(found.place)) for found in project.problems()] == [
        ("HR255", "conf/config.yaml:5:34"),
        ("HR257", "conf/config.yaml:5:66"),
    ]
