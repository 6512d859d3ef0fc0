"""What an Airflow of headrace's own is told before it is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_runs import project_of
from headrace.project import Project
from headrace_airflow.local.settings import airflow_home, airflow_settings, clean_environment, dags_folder
from projects import REPOSITORY, Sandbox, copy_of_repository


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return copy_of_repository(tmp_path / "project", pipelines=[])


def test_the_home_is_closed_to_others(sandbox: Sandbox) -> None:
    assert airflow_home(project_of(sandbox), "check").stat().st_mode & 0o777 == 0o700


def test_somebody_elses_settings_do_not_reach_it(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://production")
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", "theirs")
    monkeypatch.setenv("AIRFLOW_HOME", "/theirs")
    monkeypatch.setenv("AIRFLOW_CONFIG", "/theirs/airflow.cfg")
    monkeypatch.setenv("AIRFLOW_VAR_REGION", "north")
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", "s3://")
    project = project_of(sandbox)
    home = airflow_home(project, "check")

    environment = clean_environment(airflow_settings(project, home))

    assert environment["AIRFLOW_HOME"] == str(home)
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{home}/airflow.db?timeout=15"
    assert "AIRFLOW__CORE__FERNET_KEY" not in environment
    assert "AIRFLOW_CONFIG" not in environment
    assert environment["AIRFLOW_VAR_REGION"] == "north"
    assert environment["AIRFLOW_CONN_LAKE"] == "s3://"


def test_it_tells_nobody_and_loads_no_examples(sandbox: Sandbox) -> None:
    settings = airflow_settings(project_of(sandbox), sandbox.home)

    assert settings["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    assert settings["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"


def test_dag_files_are_the_projects_own(sandbox: Sandbox) -> None:
    assert dags_folder(project_of(sandbox)) == sandbox.root / "dags"
    assert dags_folder(Project(REPOSITORY, sandbox.home)) == REPOSITORY / "dag_factory" / "dags"


def test_a_project_without_a_dag_file_gets_one_outside_its_sources(sandbox: Sandbox) -> None:
    (sandbox.root / "dags" / "headrace_dags.py").unlink()
    (sandbox.root / "dags").rmdir()

    folder = dags_folder(project_of(sandbox))

    assert folder == sandbox.home / "airflow" / "dags"
    original = REPOSITORY / "dag_factory" / "dags" / "headrace_dags.py"
    assert (folder / "headrace_dags.py").read_text() == original.read_text()


def test_airflow_looks_into_the_dag_file() -> None:
    """Its heuristic skips a file, silently, whose text lacks either word."""
    text = (REPOSITORY / "dag_factory" / "dags" / "headrace_dags.py").read_text().lower()

    assert "airflow" in text
    assert "dag" in text


_WITHOUT_AIRFLOW = """\
import importlib.metadata, sys
real = importlib.metadata.version
def version(name):
    if name.startswith("apache-airflow"):
        raise importlib.metadata.PackageNotFoundError(name)
    return real(name)
importlib.metadata.version = version
from headrace.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("words", [["dags", "check"], ["up"]])
def test_without_airflow_the_command_says_how_to_install_it(sandbox: Sandbox, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_AIRFLOW, *words],
        cwd=sandbox.root,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "pip install 'headrace[airflow]'" in done.stderr
    assert "Traceback" not in done.stderr
