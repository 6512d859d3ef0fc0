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
