"""Airflow, without importing it: its version, its home and the DAG files."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from headrace.doctor.finding import Finding, Patient
from headrace.project import Project

_FOLDERS = ("dags", "dag_factory/dags")


def installed(patient: Patient) -> Iterable[Finding]:
    """Which Airflow there is, and where its home is; it is not needed for local runs."""
    version = _version()
    if version is None:
        return [Finding("ok", "Airflow", "not installed; schedules need it: pip install 'headrace[airflow]'")]
    home = patient.environment.get("AIRFLOW_HOME")
    if home is None:
        return [
            Finding("ok", "Airflow", f"{version}; AIRFLOW_HOME is not set, so its home is {Path.home() / 'airflow'}")
        ]
    if not Path(home).is_dir():
        remedy = "set AIRFLOW_HOME to the one that is there; `airflow db migrate` makes a new one"
        return [Finding("warn", "Airflow", f"{version}; its home {home} does not exist", remedy)]
    return [Finding("ok", "Airflow", f"{version}, home {home}")]


def dag_files(patient: Patient) -> Iterable[Finding]:
    """Whether the project has a DAG file that is Python."""
    if patient.project is None or _version() is None:
        return []
    files = _files(patient.project)
    if not files:
        folder = patient.project.root / "dags"
        return [Finding("warn", "DAG files", f"none in {folder}", "headrace dags check looks at one of its own")]
    return [_parsed(file) for file in files]


def imports_dags(patient: Patient) -> Iterable[Finding]:
    """Whether Airflow itself takes the DAGs."""
    if patient.project is None or _version() is None:
        return [Finding("warn", "DAGs in Airflow", "not looked at", "it needs a project and an Airflow")]
    words = [sys.executable, "-m", "headrace", "dags", "check", "--project", str(patient.project.root)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=170, check=False)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode == 0:
        return [Finding("ok", "DAGs in Airflow", lines[-1] if lines else "taken")]
    return [Finding("fail", "DAGs in Airflow", lines[0][:200] if lines else "refused", "headrace dags check")]


def _parsed(file: Path) -> Finding:
    try:
        ast.parse(file.read_text(encoding="utf-8"), str(file))
    except (OSError, SyntaxError, ValueError) as error:
        return Finding("fail", "DAG files", f"{file}: {error}", "headrace init DIR makes a new one to copy")
    return Finding("ok", "DAG files", str(file))


def _files(project: Project) -> list[Path]:
    folders = [project.root / name for name in _FOLDERS]
    folder = next((folder for folder in folders if folder.is_dir()), None)
    return sorted(folder.glob("*.py")) if folder is not None else []


def _version() -> str | None:
    try:
        return metadata.version("apache-airflow-core")
    except metadata.PackageNotFoundError:
        return None
