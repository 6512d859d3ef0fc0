"""What the code of a project inherits from Airflow's processes: its stages, and the functions that hear of runs."""

from __future__ import annotations

import os

_AIRFLOWS = ("AIRFLOW", "_AIRFLOW", "__AIRFLOW")


def outer_environment() -> dict[str, str]:
    """This process's environment but for Airflow's own settings, among them the keys to its database."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_AIRFLOWS)}
