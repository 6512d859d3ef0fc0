"""Fixtures that several folders of tests share."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from filelock import FileLock

from airflow_runs import make_database


def pytest_configure() -> None:
    """Let what the tests start hear Ctrl-C: whoever is started in the background has it ignored, and so do its own."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The home of an Airflow with a database, to be copied: made once, whichever process of the tests asks first."""
    made = tmp_path_factory.getbasetemp()
    root = made if worker_id == "master" else made.parent
    with FileLock(root / "airflow.lock"):
        return make_database(root / "airflow")
