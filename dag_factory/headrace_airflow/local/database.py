"""The database of an Airflow of headrace's own: made once for a version of Airflow."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from headrace.errors import ServiceError
from headrace_airflow.local.settings import clean_environment, require_airflow


def ensure_database(home: Path, settings: Mapping[str, str]) -> None:
    """Make or migrate the database in `home`, if this version of Airflow has not; ServiceError if that fails."""
    from filelock import FileLock

    marker = home / "migrated"
    wanted = require_airflow()
    with FileLock(home / "migrating.lock"):
        if (home / "airflow.db").is_file() and marker.is_file() and marker.read_text() == wanted:
            return
        print("preparing Airflow's database (once) …", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"],
            env=clean_environment(settings),
            capture_output=True,
            text=True,
            errors="replace",
            umask=0o077,
            timeout=600,
            check=False,
        )
        if done.returncode != 0:
            cause = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise ServiceError(f"Airflow could not make its database in {home}: {' '.join(cause)}")
        marker.write_text(wanted)
