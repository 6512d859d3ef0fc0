"""Override words from the plan and the schema."""

from __future__ import annotations

from pathlib import Path

from headrace.completion.overrides import keys, override_words
from headrace.project import Project
from projects import copy_of_repository


def offered(project: Project, word: str, *before: str) -> list[str]:
    return [found for found in override_words(project, "wine_cultivars", word, before) if found.startswith(word)]


def test_a_group_and_the_keys_below_it(project: Project) -> None:
    assert offered(project, "mode") == ["model=", "model.", "model_packages="]
    assert "ridge" in [word.removeprefix("model=") for word in offered(project, "model=")]


def test_keys_level_by_level(project: Project) -> None:
    assert offered(project, "split.") == ["split.column=", "split.method=", "split.test=", "split.validation="]
    assert "schedule.timezone=" in offered(project, "schedule.")
    assert "model.params.C=" in offered(project, "model.params.")


def test_closed_choices(project: Project) -> None:
    assert set(offered(project, "split.method=")) >= {"split.method=time", "split.method=grouped"}
    assert offered(project, "schedule.catchup=") == ["schedule.catchup=true", "schedule.catchup=false"]
    assert "model.params.solver=lbfgs" in offered(project, "model.params.solver=")
    assert offered(project, "schedule.timezone=Europe/Berl") == ["schedule.timezone=Europe/Berlin"]


def test_another_model_has_other_parameters(project: Project) -> None:
    assert "model.params.alpha=" in offered(project, "model.params.", "model=ridge")
    assert "model.params.C=" not in offered(project, "model.params.", "model=ridge")


def test_signs_and_sweeps(project: Project) -> None:
    assert offered(project, "+see") == ["+seed="]
    assert offered(project, "~see") == ["~seed"]
    assert "model=ridge,logistic_regression" in offered(project, "model=ridge,")
    assert "model=ridge,ridge" not in offered(project, "model=ridge,")


def test_keys_alone(project: Project) -> None:
    assert "split." in list(keys(project, "wine_cultivars", "sp"))
    assert "split.test" in list(keys(project, "wine_cultivars", "split."))


def test_without_a_plan_there_are_the_groups_and_what_the_schema_knows(tmp_path: Path) -> None:
    sandbox = copy_of_repository(tmp_path / "project")
    (sandbox.root / "conf" / "pipeline" / "wine_cultivars.yaml").write_text("broken: [\n")
    project = Project(sandbox.root, sandbox.home)

    assert "model=" in offered(project, "mod")
    assert "model=ridge" in offered(project, "model=ri")
    assert offered(project, "model.params.") == []
