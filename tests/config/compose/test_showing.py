from __future__ import annotations

import logging

import pytest
import yaml

from config_folder import ProjectFolder
from headrace.config.compose import show
from headrace.errors import ConfigError, UsageError


def test_cfg_job_is_the_configuration_as_yaml(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: ${secret:PW}")
    shown = show(project.conf, "late", ["model=forest", "seed=4"], "cfg", "job")
    values = yaml.safe_load(shown)
    assert values["seed"] == 4
    assert values["owner"] == "${secret:PW}"
    assert values["model"]["params"] == {"n_estimators": 200, "max_depth": None}
    assert "hydra" not in values


def test_cfg_hydra_and_all(project: ProjectFolder) -> None:
    assert list(yaml.safe_load(show(project.conf, "late", [], "cfg", "hydra"))) == ["hydra"]
    assert {"hydra", "model"} <= set(yaml.safe_load(show(project.conf, "late", ["hydra.sweep.dir=x"], "cfg", "all")))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("defaults", "| model/boosted"),
        ("defaults-tree", "model: boosted"),
        ("searchpath", "| main     | file://"),
        ("plugins", "BasicLauncher"),
        ("config", "n_estimators: 300"),
        ("all", "Installed Hydra Plugins"),
    ],
)
def test_info(project: ProjectFolder, capsys: pytest.CaptureFixture[str], kind: str, expected: str) -> None:
    before = list(logging.getLogger().handlers)
    assert expected in show(project.conf, "late", [], "info", kind)
    assert capsys.readouterr() == ("", "")
    assert logging.getLogger().handlers == before


def test_a_view_that_does_not_exist(project: ProjectFolder) -> None:
    with pytest.raises(UsageError, match="there is no --cfg jobs"):
        show(project.conf, "late", [], "cfg", "jobs")


def test_a_pipeline_that_does_not_compose(project: ProjectFolder) -> None:
    with pytest.raises(ConfigError) as caught:
        show(project.conf, "late", ["model=forst"], "cfg", "job")
    assert caught.value.diagnostics[0].code == "HR112"
    with pytest.raises(ConfigError):
        show(project.conf, "late", ["sed=1"], "cfg", "job")
