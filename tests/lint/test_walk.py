from __future__ import annotations

from pathlib import Path

import pytest

from headrace.lint.walk import files_of, misplaced


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model/a.yml", ["HR124"]),
        ("model/a.YAML", ["HR124"]),
        ("model/a b.yaml", ["HR139"]),
        ("model/-a.yaml", ["HR139"]),
        ("pipeline/team/a.yaml", ["HR124"]),
        ("model/.a.yaml", []),
        ("model/a.yaml~", []),
        ("model/größe.yaml", []),
        ("dataset/a.sql", []),
    ],
)
def test_names_and_places(tmp_path: Path, name: str, expected: list[str]) -> None:
    path = tmp_path / "conf" / name
    path.parent.mkdir(parents=True)
    path.touch()
    assert [found.code for found in misplaced(tmp_path / "conf", tmp_path)] == expected


def test_names_that_differ_in_case(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    for name in ("a.yaml", "A.yaml"):
        (tmp_path / "conf" / name).touch()
    assert [str(found.place) for found in misplaced(tmp_path / "conf", tmp_path)] == ["conf/a.yaml"]


@pytest.mark.parametrize(("target", "expected"), [("..", ["HR109"]), ("/", ["HR109"]), ("../model", [])])
def test_links_to_folders(tmp_path: Path, target: str, expected: list[str]) -> None:
    (tmp_path / "conf" / "model").mkdir(parents=True)
    (tmp_path / "conf" / "other").mkdir()
    (tmp_path / "conf" / "other" / "link").symlink_to(target)
    assert [found.code for found in misplaced(tmp_path / "conf", tmp_path)] == expected
    assert list(files_of(tmp_path / "conf", tmp_path)) == []
