"""The settings that tell VS Code about the schemas."""

from __future__ import annotations

import json
from pathlib import Path

from headrace.editor.documents import GROUPS
from headrace.editor.wiring import SETTINGS, editor_settings, is_wired, wire
from headrace.project import Project
from headrace.scaffold import project as scaffold


def a_project(root: Path, settings: str | None = None) -> Project:
    if settings is not None:
        (root / SETTINGS).parent.mkdir(parents=True)
        (root / SETTINGS).write_text(settings)
    return Project(root, root / ".headrace")


def test_a_new_file_is_written(tmp_path: Path) -> None:
    project = a_project(tmp_path)

    assert not is_wired(project)
    assert wire(project, ["model", "config"]).changed
    assert is_wired(project)
    assert json.loads((tmp_path / SETTINGS).read_text())["yaml.schemas"] == {
        "./.headrace/schema/model.json": ["conf/model/*.yaml"],
        "./.headrace/schema/config.json": ["conf/config.yaml"],
    }
    assert not wire(project, ["model", "config"]).changed


def test_somebodys_settings_stay(tmp_path: Path) -> None:
    own = {"editor.rulers": [120], "yaml.schemas": {"mine.json": "a.yaml"}, "yaml.customTags": ["!x"]}
    wire(a_project(tmp_path, json.dumps(own)), ["model"])

    written = json.loads((tmp_path / SETTINGS).read_text())
    assert written["editor.rulers"] == [120]
    assert written["yaml.customTags"] == ["!x"]
    assert set(written["yaml.schemas"]) == {"mine.json", "./.headrace/schema/model.json"}


def test_a_file_with_comments_is_left_alone(tmp_path: Path) -> None:
    text = '{\n  // mine\n  "editor.rulers": [120]\n}\n'
    done = wire(a_project(tmp_path, text), ["model"])

    assert not done.changed
    assert done.missing == editor_settings(["model"])
    assert (tmp_path / SETTINGS).read_text() == text


def test_new_projects_are_wired_to_the_same_schemas() -> None:
    template = Path(scaffold.__file__).parent / "template" / SETTINGS

    assert json.loads(template.read_text()) == editor_settings(sorted(["config", "env", "pipeline", *GROUPS]))
