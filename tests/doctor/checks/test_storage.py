"""The store's folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from headrace.doctor import Patient
from headrace.doctor.checks.storage import file_system, free_space, writable
from headrace.project import Project


def of(home: Path) -> Patient:
    return Patient(Project(home.parent, home), {})


def test_a_store_is_written_to_and_left_as_it_was(tmp_path: Path) -> None:
    home = tmp_path / "new" / ".headrace"

    assert [finding.status for finding in (*writable(of(home)), *file_system(of(home)))] == ["ok", "ok"]
    assert not home.exists()

    home.mkdir()
    (home / "kept").write_text("")
    assert next(iter(writable(of(home)))).status == "ok"
    assert [path.name for path in home.iterdir()] == ["kept"]


def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    (found,) = writable(of(tmp_path / "file" / ".headrace"))

    assert found.status == "fail"
    assert "HEADRACE_HOME" in found.remedy


@pytest.mark.parametrize(("free", "status"), [(1e10, "ok"), (5e8, "warn"), (1e6, "fail")])
def test_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: float, status: str) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=int(free))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    assert next(iter(free_space(of(tmp_path / "none")))).status == status
