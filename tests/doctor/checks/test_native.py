"""Native libraries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from headrace.doctor import Patient
from headrace.doctor.checks import native
from headrace.doctor.checks.native import openmp_runtimes, xgboost_loads

PATIENT = Patient(None, dict(os.environ))


def test_xgboost_loads_here() -> None:
    (found,) = xgboost_loads(PATIENT)

    assert found.status == "ok"


def test_a_library_that_does_not_load_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "libxgboost.so"
    broken.write_bytes(b"not a library")
    monkeypatch.setattr(native, "_library", lambda: broken)

    (found,) = xgboost_loads(PATIENT)

    assert found.status == "fail"
    assert "libxgboost.so" in found.message
    assert found.remedy


def test_openmp_is_looked_for() -> None:
    assert [finding.subject for finding in openmp_runtimes(PATIENT)] == ["OpenMP"]
