"""Finding the project and its state."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.errors import UsageError
from headrace.project import find_project


@pytest.fixture(autouse=True)
def _no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADRACE_PROJECT", raising=False)
    monkeypatch.delenv("HEADRACE_HOME", raising=False)


def make(root: Path, text: str = "") -> Path:
    (root / "conf" / "pipeline").mkdir(parents=True)
    (root / "conf" / "config.yaml").write_text(text)
    return root


def test_the_project_is_found_from_below(tmp_path: Path) -> None:
    root = make(tmp_path / "project")
    below = root / "src" / "deep"
    below.mkdir(parents=True)

    assert find_project(below).root == root


def test_outside_a_project_the_error_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        find_project(tmp_path)
    assert "headrace init" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("", ".headrace"),
        ("home: state\n", "state"),
        ("seed: 1\nhome: 'my state'   # here\n", "my state"),
        ("nested:\n  home: elsewhere\n", ".headrace"),
    ],
)
def test_home_comes_from_the_configuration(tmp_path: Path, text: str, home: str) -> None:
    root = make(tmp_path / "p", text)

    assert find_project(root).home == root / home


def test_the_environment_moves_home_and_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(tmp_path / "p", "home: state\n")
    monkeypatch.setenv("HEADRACE_PROJECT", str(root))
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path / "elsewhere"))

    project = find_project()

    assert (project.root, project.home) == (root, tmp_path / "elsewhere")


def test_pipelines_are_the_files_in_their_folder(tmp_path: Path) -> None:
    root = make(tmp_path / "p")
    for name in ("b", "a"):
        (root / "conf" / "pipeline" / f"{name}.yaml").touch()
    (root / "conf" / "pipeline" / "notes.txt").touch()

    assert find_project(root).pipelines() == ["a", "b"]
