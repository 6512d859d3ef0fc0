"""Airflow and the DAG files."""

from __future__ import annotations

from pathlib import Path

from headrace.doctor import Patient
from headrace.doctor.checks.airflow import dag_files, installed
from headrace.project import Project


def test_the_version_and_the_home(tmp_path: Path) -> None:
    (set_,) = installed(Patient(None, {"AIRFLOW_HOME": str(tmp_path)}))
    (missing,) = installed(Patient(None, {"AIRFLOW_HOME": str(tmp_path / "none")}))
    (unset,) = installed(Patient(None, {}))

    assert set_.status == "ok"
    assert str(tmp_path) in set_.message
    assert missing.status == "warn"
    assert "AIRFLOW_HOME is not set" in unset.message


def test_dag_files_must_be_python(tmp_path: Path) -> None:
    patient = Patient(Project(tmp_path, tmp_path), {})
    assert [found.status for found in dag_files(patient)] == ["warn"]

    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "good.py").write_text("a = 1\n")
    (tmp_path / "dags" / "torn.py").write_text("a = (\n")

    assert [found.status for found in dag_files(patient)] == ["ok", "fail"]
