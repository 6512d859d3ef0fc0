"""The variable that picks an environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.errors import ConfigError, Diagnostic, Place
from headrace.plan.environment import default, in_environment, options, placed, require_environments
from headrace.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, tmp_path / ".headrace")


def test_the_variable_stands_for_an_override(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_environment(["seed=1"]) == ("seed=1",)
    monkeypatch.setenv("HEADRACE_ENV", "prod")

    assert in_environment(["seed=1"]) == ("env=prod", "seed=1")
    assert in_environment(in_environment(["seed=1"])) == ("env=prod", "seed=1")


@pytest.mark.parametrize("word", ["env=ci", "+env=ci", "~env"])
def test_an_override_of_the_command_wins(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_ENV", "prod")

    assert in_environment([word]) == (word,)


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_ENV", "")

    assert in_environment([]) == ()


def test_a_project_without_environments_cannot_be_in_one(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    require_environments(project, [], [])
    monkeypatch.setenv("HEADRACE_ENV", "prod")

    with pytest.raises(ConfigError, match=r"HEADRACE_ENV: error HR200: HEADRACE_ENV is `prod`, but the project has no"):
        require_environments(project, [], ["env=prod"])

    (project.conf / "env").mkdir(parents=True)
    (project.conf / "env" / "prod.yaml").touch()
    assert options(project) == ["prod"]
    require_environments(project, [], ["env=prod"])


def test_the_default_is_what_config_yaml_chooses(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.conf / "env").mkdir(parents=True)
    (project.conf / "config.yaml").write_text("defaults:\n  - env: dev   # here\n  - _self_\nbroken: [\n")
    assert default(project) is None
    for name in ("dev", "prod"):
        (project.conf / "env" / f"{name}.yaml").touch()

    assert default(project) == "dev"
    monkeypatch.setenv("HEADRACE_ENV", "prod")
    assert default(project) == "prod"


def test_what_is_wrong_with_the_variable_is_blamed_on_it() -> None:
    about = Diagnostic("HR112", "conf/env has no option `prdo`", Place("override 'env=prdo'"), "did you mean prod?")
    other = Diagnostic("HR140", "unknown key", Place("conf/config.yaml", 1, 1))

    assert placed(about, [], ["env=prdo"]).place == Place("HEADRACE_ENV")
    assert placed(about, ["env=prdo"], ["env=prdo"]) == about
    not_chosen = Diagnostic("HR122", "no defaults list chooses an option of `env`", about.place, "write +env=prdo")
    assert placed(not_chosen, [], ["env=prdo"]).remedy == "add `- env: dev` to the defaults of conf/config.yaml"
    assert placed(other, [], ["env=prdo"]) == other
