"""Fixtures of the tests that need Airflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_runs import make_database


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an Airflow with a database, to be copied."""
    return make_database(tmp_path_factory.mktemp("airflow") / "project")
