"""The settings that an Airflow of headrace's own runs with. Nothing here imports Airflow: they must be set before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import headrace
from headrace.errors import UsageError
from headrace.project import Project

LOADER = "headrace_dags.py"
#: Seconds to wait for somebody who writes to Airflow's database: on a busy machine the usual five make its API fail.
_PATIENCE = 15


def require_airflow() -> str:
    """The version of Airflow; UsageError if it is not installed."""
    try:
        return version("apache-airflow-core")
    except PackageNotFoundError:
        raise UsageError("Airflow is not installed", remedy="pip install 'headrace[airflow]'") from None


def airflow_home(project: Project, name: str) -> Path:
    """A folder for one Airflow's settings, database and logs, closed to other users: they hold keys and passwords."""
    home = project.home / "airflow" / name
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    return home


def dags_folder(project: Project) -> Path:
    """Where the DAG files are: the project's `dags/`, this repository's `dag_factory/dags`, else a folder of ours."""
    for folder in (project.root / "dags", project.root / "dag_factory" / "dags"):
        if folder.is_dir():
            return folder
    folder = project.home / "airflow" / "dags"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_loader(), folder / LOADER)
    return folder


def airflow_settings(project: Project, home: Path) -> dict[str, str]:
    """Environment variables for an Airflow in `home` with this project's DAGs, and nobody else's settings.

    Somebody's AIRFLOW__DATABASE__… in the environment must not make a test write to their production database.
    """
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder(project)),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}?timeout={_PATIENCE}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "HEADRACE_PROJECT": str(project.root),
        "HEADRACE_HOME": str(project.home),
    }


def clean_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with exactly these settings of Airflow; its connections and variables stay."""
    foreign = ("AIRFLOW__", "_AIRFLOW", "AIRFLOW_HOME", "AIRFLOW_CONFIG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, **settings}


def enter(settings: Mapping[str, str]) -> None:
    """Make this process, which has not imported Airflow yet, run with these settings."""
    environment = clean_environment(settings)
    os.environ.clear()
    os.environ.update(environment)


def _loader() -> Path:
    """The DAG file: a built wheel carries it beside the other files of a new project, a checkout where it is."""
    packaged = Path(headrace.__file__).parent / "scaffold" / "template" / LOADER
    return packaged if packaged.is_file() else Path(__file__).parents[2] / "dags" / LOADER
