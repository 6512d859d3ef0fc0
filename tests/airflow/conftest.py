"""Fixtures of the tests that need Airflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_runs import project_of
from headrace_airflow.database import ensure_database
from headrace_airflow.settings import airflow_home, airflow_settings
from projects import copy_of_repository


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an Airflow whose database is made: making one takes seconds, copying it none."""
    project = project_of(copy_of_repository(tmp_path_factory.mktemp("airflow") / "project", pipelines=[]))
    home = airflow_home(project, "check")
    ensure_database(home, airflow_settings(project, home))
    return home
