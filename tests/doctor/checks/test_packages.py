"""Python and package versions against the distribution's metadata."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from headrace.doctor import Patient
from headrace.doctor.checks.packages import byte_code, python, versions

PATIENT = Patient(None, {})


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts another distribution's metadata in front of the installed one's: as a person's environment would have it."""

    def install(name: str, version: str, *lines: str) -> None:
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines])
        )
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


def test_this_installation_is_fine() -> None:
    assert [finding.status for finding in (*python(PATIENT), *versions(PATIENT))] == ["ok", "ok"]


def test_a_known_bad_version_is_named_with_what_to_install(pretend: Callable[..., None]) -> None:
    pretend("mlflow", "3.18.0")

    (found,) = versions(PATIENT)

    assert (found.status, found.subject) == ("fail", "mlflow")
    assert found.message.startswith("3.18.0, and headrace needs ")
    assert "!=3.18.0" in found.remedy


def test_a_missing_package_is_named(pretend: Callable[..., None]) -> None:
    pretend("headrace", "0.0.1", "Requires-Dist: no-such-package>=2", "Requires-Dist: nor-this; extra == 'x'")

    (found,) = versions(PATIENT)

    assert (found.subject, found.message) == ("no-such-package", "not installed")
    assert found.remedy == "pip install 'no-such-package>=2'"


def test_another_python_is_named(pretend: Callable[..., None]) -> None:
    pretend("headrace", "0.0.1", "Requires-Python: >=3.99")

    (found,) = python(PATIENT)

    assert found.status == "fail"
    assert "headrace needs >=3.99" in found.message


def test_packages_without_byte_code_are_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))

    (found,) = byte_code(Patient(None, {"PYTHONDONTWRITEBYTECODE": "1"}))

    assert found.status == "warn"
    assert "PYTHONDONTWRITEBYTECODE keeps it so" in found.message
    assert "-m compileall" in found.remedy


def test_requirements_are_not_a_second_list() -> None:
    assert "mlflow" in " ".join(metadata.requires("headrace") or ())
