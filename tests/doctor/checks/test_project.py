"""The project, its secrets file and the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.doctor import Patient
from headrace.doctor.checks.project import environment, found, secrets_file


def test_outside_of_a_project_it_says_how_to_get_one() -> None:
    (finding,) = found(Patient(None, {}))

    assert finding.status == "warn"
    assert "headrace init" in finding.remedy


@pytest.mark.parametrize(("mode", "status"), [(0o600, "ok"), (0o640, "fail"), (0o644, "fail")])
def test_a_secrets_file_must_be_closed_to_others(tmp_path: Path, mode: int, status: str) -> None:
    path = tmp_path / "secrets.yaml"
    path.write_text("TOKEN: canary\n")
    path.chmod(mode)

    (finding,) = secrets_file(Patient(None, {"HEADRACE_SECRETS_FILE": str(path)}))

    assert finding.status == status
    assert finding.remedy == ("" if status == "ok" else f"chmod 600 {path}")


def test_a_secrets_file_that_is_not_there(tmp_path: Path) -> None:
    (finding,) = secrets_file(Patient(None, {"HEADRACE_SECRETS_FILE": str(tmp_path / "none.yaml")}))

    assert finding.status == "fail"
    assert "No such file" in finding.message


def test_variables_that_matter_are_shown_and_secrets_are_not() -> None:
    variables = {
        "MLFLOW_TRACKING_TOKEN": "canary",
        "MLFLOW_TRACKING_URI": "https://me:canary@mlflow.example.com",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://me:canary@host/db",
        "HEADRACE_HOME": "/data",
        "HOME": "/root",
    }

    (finding,) = environment(Patient(None, variables))

    assert "HEADRACE_HOME=/data" in finding.message
    assert "MLFLOW_TRACKING_URI=https://mlflow.example.com" in finding.message
    assert "canary" not in finding.message
    assert "/root" not in finding.message
