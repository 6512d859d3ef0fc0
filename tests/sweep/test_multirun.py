from __future__ import annotations

import re
from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder
from headrace.errors import ConfigError
from headrace.sweep.multirun import sweep


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder


def trials(project: ProjectFolder, *overrides: str) -> list[list[str]]:
    return sweep(project.root, "late", overrides, project.root / "scratch", list)


def test_each_combination_is_a_trial(project: ProjectFolder) -> None:
    assert trials(project, "model=forest,boosted", "seed=1") == [
        ["model=forest", "seed=1"],
        ["model=boosted", "seed=1"],
    ]


TOUCH = "{_target_: pathlib.Path.touch, self: CALLED}"


@pytest.mark.parametrize(
    "hydra",
    [
        f"{{callbacks: {{x: {TOUCH}}}}}",
        f"{{sweeper: {TOUCH}}}",
        f"{{launcher: {TOUCH}}}",
        "{job_logging: {handlers: {x: {(): pathlib.Path, _args_: [CALLED]}}}}",
        "{sweeper: \"${oc.create:'{_target_: os.getcwd}'}\"}",
        "{sweeper: \"${oc.decode:'{_tar${seed}get_: os.getcwd}'}\"}",
        "{searchpath: ['pkg://antigravity']}",
        "{sweep: {subdir: ../../..}}",
    ],
)
def test_hydras_part_of_the_files_calls_nothing(project: ProjectFolder, hydra: str) -> None:
    """Hydra instantiates what this part names, before a trial is compiled."""
    called = project.root / "called"
    project.edit("conf/config.yaml", "defaults:", f"hydra: {hydra.replace('CALLED', str(called))}\ndefaults:")
    with pytest.raises(ConfigError) as caught:
        trials(project, "model=forest,boosted")
    assert all(re.fullmatch("HR1(33|34|37)|HR25[89]", found.code) for found in caught.value.diagnostics)
    assert caught.value.diagnostics[0].place.file == "conf/config.yaml"
    assert not called.exists()


def test_a_value_that_becomes_a_call_is_seen_too(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "defaults:", "hydra: {sweeper: '${model.params.max_bin}'}\ndefaults:")
    project.edit("conf/pipeline/late.yaml", "max_bin: 128", "max_bin: \"${oc.create:'{_target_: os.getcwd}'}\"")
    with pytest.raises(ConfigError) as caught:
        trials(project, "seed=1,2")
    assert caught.value.diagnostics[0].code == "HR133"


@pytest.mark.parametrize(
    "override",
    [
        "hydra.sweeper._target_=a,b",
        "+hydra.callbacks.x={_target_:os.system}",
        "+hydra.callbacks.x={_target_:os.system},{a:1}",
        "model.params={_target_:os.system},{a:1}",
        "+model.__class__=a,b",
        "owner=${oc.env:HOME}",
    ],
)
def test_overrides_call_nothing(project: ProjectFolder, override: str) -> None:
    with pytest.raises(ConfigError) as caught:
        trials(project, override)
    assert caught.value.diagnostics[0].place.file == f"override '{override}'"
