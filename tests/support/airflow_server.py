"""A real Airflow at work: `headrace up` in a project of its own, asked over its REST API."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from airflow_runs import free_port
from projects import Sandbox

ENDED = {"success", "failed"}


@dataclass
class AirflowServer:
    """Scheduler, DAG processor, triggerer, API server and MLflow of one project."""

    project: Sandbox
    process: subprocess.Popen[bytes]
    port: int
    output: Path
    _tokens: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.project.home / "airflow" / "server"

    @property
    def password_file(self) -> Path:
        return self.home / "simple_auth_manager_passwords.json.generated"

    def family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def part(self, name: str) -> psutil.Process:
        """The process of `scheduler`, `api-server`, …"""
        document = json.loads(self.project.headrace("up", "--status", "--json").out)
        return psutil.Process(next(part["pid"] for part in document["parts"] if part["name"] == name))

    def token(self) -> str:
        if not self._tokens:
            password = json.loads(self.password_file.read_text())["admin"]
            answer = self._asked("/auth/token", {"username": "admin", "password": password}, "", None)
            self._tokens.append(str(answer["access_token"]))
        return self._tokens[0]

    def ask(self, path: str, document: Mapping[str, Any] | None = None, method: str | None = None) -> Any:
        """What it answers to a path below /api/v2. HTTPError for what it refuses."""
        return self._asked(f"/api/v2/{path}", document, self.token(), method)

    def _asked(self, path: str, document: Mapping[str, Any] | None, token: str, method: str | None) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        body = json.dumps(document).encode() if document is not None else None
        with urllib.request.urlopen(request, body, timeout=60) as answer:
            return json.load(answer)

    def trigger(self, dag: str, conf: Mapping[str, Any] | None = None, logical_date: str | None = None) -> str:
        """Start a run as a person does, as soon as the DAG is known; its id."""
        assert wait(120, lambda: self._knows(dag)), self.output.read_text()[-2000:]
        document = {"logical_date": logical_date, "conf": dict(conf or {})}
        return str(self.ask(f"dags/{dag}/dagRuns", document)["dag_run_id"])

    def _knows(self, dag: str) -> bool:
        try:
            self.ask(f"dags/{dag}")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return False
        return True

    def runs(self, dag: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"dags/{dag}/dagRuns")["dag_runs"]
        return found

    def state(self, dag: str, run: str) -> str:
        return str(self.ask(f"dags/{dag}/dagRuns/{quote(run)}")["state"])

    def end(self, dag: str, run: str, seconds: float = 600) -> str:
        """The state in which the run ends; the one that it has if it does not."""
        wait(seconds, lambda: self.state(dag, run) in ENDED)
        return self.state(dag, run)

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """Task, with its map index if it has one -> what Airflow says of it."""
        path = f"dags/{dag}/dagRuns/{quote(run)}/taskInstances?limit=200"
        return {_named(task): task for task in self.ask(path)["task_instances"]}

    def states(self, dag: str, run: str) -> dict[str, str]:
        return {name: str(task["state"]) for name, task in self.tasks(dag, run).items()}

    def log(self, dag: str, run: str, task: str) -> str:
        """What a task and its stage have said, in all its tries."""
        folder = self.home / "logs" / f"dag_id={dag}" / f"run_id={run}" / f"task_id={task}"
        return "\n".join(path.read_text() for path in sorted(folder.rglob("*.log")))


def _named(task: Mapping[str, Any]) -> str:
    index = task["map_index"]
    return task["task_id"] if index < 0 else f"{task['task_id']}[{task.get('rendered_map_index') or index}]"


def wait(seconds: float, condition: Callable[[], Any]) -> Any:
    """The first true answer of the condition; None if there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(1)
    return None


def listening(family: Iterable[psutil.Process]) -> list[tuple[str, int]]:
    """(address, port) that these processes listen at; one that ends meanwhile listens nowhere."""
    found: list[tuple[str, int]] = []
    for member in family:
        with suppress(psutil.NoSuchProcess):
            found += [tuple(each.laddr) for each in member.net_connections() if each.status == psutil.CONN_LISTEN]
    return found


@contextmanager
def airflow_server(project: Sandbox, **environment: str) -> Iterator[AirflowServer]:
    """`headrace up --unpaused`, until the end of the block."""
    port, output = free_port(), project.root / "airflow.out"
    words = ["up", "--port", str(port), "--mlflow-port", str(free_port()), "--unpaused"]
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "headrace", *words],
            cwd=project.root,
            env={**project.environment(), **environment},
            stdout=out,
            stderr=out,
        )
    server = AirflowServer(project, process, port, output)
    try:
        wait(300, lambda: "Airflow is ready" in output.read_text() or process.poll() is not None)
        assert "Airflow is ready" in output.read_text(), output.read_text()
        yield server
    finally:
        family = server.family() if process.poll() is None else []
        for member in family:
            member.terminate()
        _, alive = psutil.wait_procs(family, timeout=30)
        for member in alive:
            member.kill()


def versions(project: Sandbox) -> dict[str, list[str]]:
    """Registered model -> its versions, from MLflow's own database."""
    return _grouped(project, "SELECT name, version FROM model_versions ORDER BY name, version")


def aliases(project: Sandbox) -> dict[str, list[str]]:
    """Registered model -> the versions that have an alias."""
    return _grouped(project, "SELECT name, version FROM registered_model_aliases ORDER BY name")


def tracked(project: Sandbox, pipeline: str) -> list[str]:
    """The MLflow runs of a pipeline that are not deleted."""
    query = (
        "SELECT run_uuid FROM runs JOIN tags USING (run_uuid) "
        "WHERE lifecycle_stage = 'active' AND key = 'headrace.pipeline' AND value = ?"
    )
    return [run for (run,) in _rows(project, query, pipeline)]


def logged_models(project: Sandbox, name: str) -> int:
    """How many logged models MLflow has of that name."""
    ((count,),) = _rows(project, "SELECT count(*) FROM logged_models WHERE name = ?", name)
    return int(count)


def _grouped(project: Sandbox, query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, version in _rows(project, query):
        found.setdefault(name, []).append(str(version))
    return found


def _rows(project: Sandbox, query: str, *values: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(project.home / "mlflow.db") as database:
        return list(database.execute(query, values))


def champions(project: Sandbox) -> dict[str, str]:
    """Registered model -> the moment that its champion looks from."""
    query = (
        "SELECT name, value FROM model_version_tags JOIN registered_model_aliases USING (name, version) "
        "WHERE key = 'headrace.champion_as_of'"
    )
    return dict(_rows(project, query))
