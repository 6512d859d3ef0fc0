"""The processes of a local Airflow and its MLflow: what is started, where its log is, how its health is asked."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headrace.project import Project
from headrace.tracking.settings import Settings, is_server
from headrace_airflow.local.bundles import bundle_settings
from headrace_airflow.local.settings import airflow_settings, clean_environment

HOST = "127.0.0.1"
#: What tasks talk to, apart from the pages of people: in one process, a write of theirs that waits for SQLite's lock
#: stops the loop that would let the holder of the lock, a task's write, commit. Both then fail.
TASK_API = "task-api"
#: Their log servers would listen on every address, and nobody asks them: all of this is one machine.
_AIRFLOW: Mapping[str, tuple[str, ...]] = {
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
    "api-server": ("api-server", "--apps", "core", "--workers", "1"),
    TASK_API: ("api-server", "--apps", "execution", "--workers", "1"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One process that stays."""

    name: str
    words: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AirflowPorts:
    """Where Airflow answers."""

    people: int
    """Its pages, and the API that people and commands ask."""
    tasks: int
    """The API that tasks ask."""


def server_settings(
    project: Project, home: Path, ports: AirflowPorts, *, unpaused: bool, mlflow: str = ""
) -> dict[str, str]:
    """Airflow's settings for a server that only this machine reaches.

    `mlflow` is where this machine shows the runs that stages write into a database.
    """
    return {
        **airflow_settings(project, home),
        **bundle_settings(project, home),
        **({"HEADRACE_MLFLOW_UI": mlflow} if mlflow else {}),
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(ports.people),
        "AIRFLOW__API__BASE_URL": f"http://{HOST}:{ports.people}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{ports.tasks}/execution/",
        # A machine that trains a model may keep its API server waiting: that is no reason to end a task.
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": str(not unpaused),
        # What a killed part was at work on is found sooner than by Airflow's defaults, which are 300 s.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "90",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
    }


def airflow_parts(logs: Path, settings: Mapping[str, str], ports: AirflowPorts) -> list[Part]:
    """Scheduler, DAG processor, triggerer and API servers."""
    environment = clean_environment(settings)
    own = {TASK_API: ("--port", str(ports.tasks))}
    return [
        Part(name, (sys.executable, "-m", "airflow", *words, *own.get(name, ())), logs / f"{name}.log", environment)
        for name, words in _AIRFLOW.items()
    ]


def needs_mlflow(tracking: Settings) -> bool:
    """Whether runs are tracked in a database or a folder, which no server shows yet."""
    return not (is_server(tracking.tracking_uri) or tracking.tracking_uri.startswith("databricks"))


def mlflow_part(logs: Path, tracking: Settings, port: int) -> Part | None:
    """MLflow's server for the project's database; none where runs are tracked on a server that is there already."""
    if not needs_mlflow(tracking):
        return None
    words = (sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port), "--workers", "1")
    # In its environment, for every user of this machine may read the words of a process.
    stores = {
        "MLFLOW_BACKEND_STORE_URI": tracking.tracking_uri,
        "MLFLOW_REGISTRY_STORE_URI": tracking.registry_uri,
        **({"MLFLOW_DEFAULT_ARTIFACT_ROOT": tracking.artifact_root} if tracking.artifact_root else {}),
    }
    return Part("mlflow", words, logs / "mlflow.log", clean_environment(stores))


def airflow_health(ports: AirflowPorts) -> dict[str, str]:
    """What Airflow says of its own parts, by the part's name: `healthy` or not. Empty while it does not answer."""
    health = _asked(f"http://{HOST}:{ports.people}/api/v2/monitor/health")
    names = {"scheduler": "scheduler", "dag_processor": "dag-processor", "triggerer": "triggerer"}
    found = {ours: str((health.get(theirs) or {}).get("status")) for theirs, ours in names.items() if theirs in health}
    database = (health.get("metadatabase") or {}).get("status")
    if health:
        found["api-server"] = str(database)
    tasks = _asked(f"http://{HOST}:{ports.tasks}/execution/health")
    return {**found, TASK_API: str(tasks["status"])} if "status" in tasks else found


def mlflow_answers(port: int) -> bool:
    """Whether MLflow's server is ready."""
    return bool(_asked(f"http://{HOST}:{port}/health"))


def somebody_answers(address: str) -> bool:
    """Whether there is a server at an address, in the time that a person waits for: it may well refuse to say more."""
    try:
        with opener_for(address).open(f"{address.rstrip('/')}/health", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False


def opener_for(address: str) -> urllib.request.OpenerDirector:
    """What asks an address: by the proxy that this machine is set up for, but never for this machine itself."""
    is_here = urllib.parse.urlsplit(address).hostname == HOST
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if is_here else []))


def _asked(address: str) -> dict[str, Any]:
    try:
        with opener_for(address).open(address, timeout=5) as answer:
            text = answer.read().decode(errors="replace")
    except (OSError, ValueError, urllib.error.URLError):
        return {}
    try:
        document = json.loads(text)
    except ValueError:
        return {"text": text}
    return document if isinstance(document, dict) else {"text": text}
