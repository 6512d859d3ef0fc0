from __future__ import annotations

from pathlib import Path

import pytest

from headrace.data_roots import escape, outside


@pytest.mark.parametrize("path", ["x.csv", "data/../x.csv", "/project/data/x.csv", "/lake/x.csv", "/lake/a/../x.csv"])
def test_inside(path: str) -> None:
    assert outside(path, Path("/project"), ["/lake"]) is None


@pytest.mark.parametrize(
    "path", ["../x.csv", "/projects/x.csv", "/lake/../etc/x", "/lakes/x", "/proc/self/environ", "data/../../x"]
)
def test_outside(path: str) -> None:
    assert outside(path, Path("/project"), ["/lake"])


def test_no_declaration_opens_the_system() -> None:
    assert outside("/proc/self/environ", Path("/project"), ["/"])


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "x.csv").write_text("a\n1\n")
    link = tmp_path / "project" / "x.csv"
    link.symlink_to("../lake/x.csv")
    assert escape(link, [tmp_path / "project"]) == tmp_path / "lake" / "x.csv"
    assert escape(link, [tmp_path / "project", tmp_path / "lake"]) is None
