from __future__ import annotations

import os
from pathlib import Path

import pytest

from headrace.config.file_kind import unreadable


@pytest.mark.parametrize(
    ("kind", "code"), [("folder", "HR108"), ("pipe", "HR108"), ("loop", "HR101"), ("none", "HR101")]
)
def test_what_is_no_file(tmp_path: Path, kind: str, code: str) -> None:
    path = tmp_path / "x.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    found = unreadable(path, "x.yaml")
    assert found is not None
    assert found.code == code


def test_a_link_may_lead_elsewhere_below_the_folder_only(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.yaml").touch()
    (tmp_path / "in" / "real.yaml").touch()
    (tmp_path / "in" / "a.yaml").symlink_to("real.yaml")
    (tmp_path / "in" / "b.yaml").symlink_to("../out.yaml")
    assert unreadable(tmp_path / "in" / "a.yaml", "a.yaml", tmp_path / "in") is None
    found = unreadable(tmp_path / "in" / "b.yaml", "b.yaml", tmp_path / "in")
    assert found is not None
    assert found.code == "HR109"
