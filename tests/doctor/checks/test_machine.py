"""Time zones, the clock, git."""

from __future__ import annotations

import os
import zoneinfo
from pathlib import Path

import pytest

from headrace import errors
from headrace.doctor import Patient
from headrace.doctor.checks.machine import clock, git, time_zones
from headrace.project import Project


def test_a_machine_without_time_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert next(iter(time_zones(Patient(None, {})))).status == "ok"

    monkeypatch.setattr("headrace.doctor.checks.machine.ZoneInfo", _no_zone)
    (found,) = time_zones(Patient(None, {}))

    assert found.status == "fail"
    assert found.remedy == "pip install tzdata"


def _no_zone(key: str) -> zoneinfo.ZoneInfo:
    raise zoneinfo.ZoneInfoNotFoundError(key)


def test_a_clock_before_the_installation_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = tmp_path / "errors.py"
    newer.write_text("")
    os.utime(newer, (4e9, 4e9))
    assert next(iter(clock(Patient(None, {})))).status == "ok"

    monkeypatch.setattr(errors, "__file__", str(newer))

    assert next(iter(clock(Patient(None, {})))).status == "fail"


def test_git_and_a_project_outside_of_a_repository(tmp_path: Path) -> None:
    (found,) = git(Patient(Project(tmp_path, tmp_path), {}))

    assert found.status == "warn"
    assert found.remedy == f"git -C {tmp_path} init"


def test_a_machine_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    (found,) = git(Patient(None, {}))

    assert (found.status, found.message) == ("warn", "not found")
