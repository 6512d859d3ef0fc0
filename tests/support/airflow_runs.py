"""Real Airflow, in processes of its own: importing it into the tests' process would leave its traces there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headrace.project import Project
from headrace_airflow.local.database import ensure_database
from headrace_airflow.local.settings import airflow_home, airflow_settings, clean_environment
from projects import Sandbox, copy_of_repository

_LOAD = """\
import json, sys
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.serialization.serialized_objects import DagSerialization

folder = Path(sys.argv[1])
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
modules = sorted(sys.modules)
documents = {dag_id: DagSerialization.to_dict(dag) for dag_id, dag in bag.dags.items()}
stored = {dag_id: DagSerialization.from_dict(document) for dag_id, document in documents.items()}
again = {dag_id: sorted(dag.task_dict) for dag_id, dag in stored.items()}
for dag in stored.values():
    dag.task_group.topological_sort()  # as Airflow's pages do: groups in a circle are an error there
dags = {dag_id: document["dag"] for dag_id, document in documents.items()}
print("\\n" + json.dumps({"dags": dags, "again": again, "errors": bag.import_errors, "modules": modules}))
"""

_RUN = """\
import contextlib, io, json, os, sys
from headrace_airflow.cli import main

results = {}
for words in json.loads(sys.argv[1]):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["test", *words])
    results[" ".join(words)] = {"code": code, "out": out.getvalue()}
print("\\n" + json.dumps(results))
"""


@dataclass(frozen=True)
class RunSeen:
    """`headrace dags test`: its exit code and what it printed."""

    code: int
    out: str

    @property
    def states(self) -> dict[str, str]:
        """Task -> its state, from the table that is printed at the end."""
        lines = self.out.partition("task ")[2].splitlines()[1:]
        rows = [line.split() for line in lines if not line.startswith(" ")]
        return {row[0]: row[1] for row in rows if len(row) >= 3 and not row[0].endswith(":")}

    @property
    def tries(self) -> dict[str, int]:
        lines = self.out.partition("task ")[2].splitlines()[1:]
        rows = [line.split() for line in lines if not line.startswith(" ")]
        return {row[0]: int(row[2]) for row in rows if len(row) >= 3 and row[2].isdigit()}


def project_of(sandbox: Sandbox) -> Project:
    return Project(sandbox.root, sandbox.home)


def load_in_airflow(sandbox: Sandbox) -> dict[str, Any]:
    """The project's DAG folder as Airflow's own DAG bag sees it, serialised."""
    project = project_of(sandbox)
    settings = airflow_settings(project, airflow_home(project, "check"))
    environment = {**clean_environment(settings), "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL"}
    return _last_line([sys.executable, "-c", _LOAD, str(sandbox.root / "dags")], environment, sandbox.root)


def dags_test(sandbox: Sandbox, *runs: Sequence[str], **environment: str) -> dict[str, RunSeen]:
    """Several `headrace dags test …` in one process, which imports Airflow only once."""
    words = [sys.executable, "-c", _RUN, json.dumps([list(run) for run in runs])]
    found = _last_line(words, {**sandbox.environment(), **environment}, sandbox.root)
    return {name: RunSeen(result["code"], result["out"]) for name, result in found.items()}


def make_database(root: Path) -> Path:
    """The home of an Airflow whose database is made, in that folder, once: it takes seconds, copying it takes none."""
    project = project_of(Sandbox(root) if root.exists() else copy_of_repository(root, pipelines=[]))
    home = airflow_home(project, "check")
    ensure_database(home, airflow_settings(project, home))
    return home


def copy_database(template: Path, sandbox: Sandbox) -> None:
    """Give a project a database that was migrated before."""
    home = airflow_home(project_of(sandbox), "check")
    for name in ("airflow.db", "migrated"):
        shutil.copy(template / name, home / name)


def _last_line(words: Sequence[str], environment: dict[str, str], folder: Path) -> dict[str, Any]:
    environment = {**environment, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
