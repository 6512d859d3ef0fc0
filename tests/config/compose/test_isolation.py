from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from omegaconf import OmegaConf
from omegaconf.basecontainer import BaseContainer

from config_folder import ProjectFolder
from headrace.config.compose import show
from headrace.errors import ConfigError


def state() -> tuple[set[type], dict[str, Any]]:
    return set(Singleton._instances), dict(BaseContainer._resolvers)


def test_nothing_of_a_composition_stays_behind(project: ProjectFolder) -> None:
    project.compose()  # plugins and sources are discovered once and stay
    before = state()
    project.compose("model=forest", "hydra/launcher=basic")
    with pytest.raises(ConfigError):
        project.compose("nonsense=1")
    show(project.conf, "late", [], "cfg", "all")
    assert state() == before
    assert not GlobalHydra().is_initialized()
    assert not OmegaConf.has_resolver("env")


def test_an_initialised_hydra_and_its_resolvers_are_there_again(project: ProjectFolder, tmp_path: Path) -> None:
    project.write({"elsewhere/app.yaml": "x: ${mine:}\n"})
    OmegaConf.register_new_resolver("mine", lambda: 7)
    try:
        with initialize_config_dir(str(tmp_path / "elsewhere"), version_base="1.2"):
            before = GlobalHydra.instance().hydra
            project.compose()
            assert GlobalHydra.instance().hydra is before
            assert hydra_compose("app").x == 7
    finally:
        OmegaConf.clear_resolver("mine")
        GlobalHydra.instance().clear()


def test_a_running_job_keeps_its_configuration(project: ProjectFolder) -> None:
    running = HydraConfig.instance()
    show(project.conf, "late", [], "cfg", "job")
    assert HydraConfig.instance() is running


def test_a_resolver_of_the_process_is_not_reachable(project: ProjectFolder) -> None:
    OmegaConf.register_new_resolver("mine", lambda: 7)
    try:
        assert project.problem("owner=${mine:}").code == "HR132"
    finally:
        OmegaConf.clear_resolver("mine")


def test_threads_take_turns(project: ProjectFolder) -> None:
    results: list[object] = []

    def work(seed: int) -> None:
        results.append(project.compose(f"seed={seed}", "owner=${env:HOME,x}").values["seed"])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["0", "1", "2", "3", "4", "5"]
