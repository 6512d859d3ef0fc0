"""The processes of a local Airflow, and the servers of others that they rely on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from mlflow.cli import server

from headrace.tracking.settings import tracking_settings
from headrace_airflow.local.parts import mlflow_part, somebody_answers


class Refusing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing for the terminal."""


@pytest.fixture
def refusing() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_asks_for_a_password_answers(refusing: str) -> None:
    assert somebody_answers(refusing)
    assert somebody_answers(f"{refusing}/")


def test_nobody_answers_where_nobody_listens() -> None:
    with HTTPServer(("127.0.0.1", 0), Refusing) as closed:
        free = closed.server_port

    assert not somebody_answers(f"http://127.0.0.1:{free}")


@pytest.mark.parametrize("registry", ["", "mysql://me:0ther-pass@db.team/registry"])
def test_mlflow_knows_its_databases_and_no_list_of_processes_has_their_passwords(
    registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = "postgresql://me:hunter2-pass@db.team/mlflow?sslmode=require"
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", "sqlite:///somebody-elses.db")
    settings = tracking_settings({"tracking": {"uri": database, "registry_uri": registry or None}}, tmp_path)
    part = mlflow_part(tmp_path, settings, 5000)

    assert part is not None
    assert not any("-pass" in word for word in part.words)
    assert "-pass" not in repr(part)
    for name, value in part.environment.items():
        monkeypatch.setenv(name, value)
    asked = server.make_context("server", list(part.words[part.words.index("server") + 1 :])).params
    assert asked["backend_store_uri"] == database
    assert asked["registry_store_uri"] == (registry or database)
    assert asked["default_artifact_root"] == (tmp_path / "mlartifacts").as_uri()
