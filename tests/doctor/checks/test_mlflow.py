"""MLflow's server and its database."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path
from typing import ClassVar

import pytest

from headrace.doctor import Finding, Patient
from headrace.doctor.checks.mlflow import newest_schema, registry, tracking
from headrace.project import Project


class _Server(BaseHTTPRequestHandler):
    """Answers `/version` as an MLflow server does, or as something else would."""

    answers: ClassVar = {
        "/version": "3.17.2",
        "/old/version": "2.22.0",
        "/other/version": "<html>",
        "/shut/version": "",
    }

    def do_GET(self) -> None:
        text = self.answers.get(self.path)
        known = ("Bearer canary", "Basic bWU6Y2FuYXJ5")
        if self.path == "/shut/version" and self.headers.get("Authorization") not in known:
            self.send_error(401)
        elif text is None:
            self.send_error(404)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write((text or "3.17.2").encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def looked_at(tmp_path: Path, uri: str, **variables: str) -> Finding:
    project = Project(tmp_path, tmp_path / ".headrace")
    (found,) = tracking(Patient(project, {"MLFLOW_TRACKING_URI": uri, **variables}))
    return found


def test_a_server_says_its_version(tmp_path: Path, server: str) -> None:
    found = looked_at(tmp_path, server)

    assert (found.status, found.message) == ("ok", f"{server}, MLflow 3.17.2")


def test_a_server_of_another_generation_is_a_warning(tmp_path: Path, server: str) -> None:
    found = looked_at(tmp_path, f"{server}/old")

    assert found.status == "warn"
    assert metadata.version("mlflow") in found.message


@pytest.mark.parametrize(
    ("path", "words"), [("/none", "HTTP 404"), ("/other", "is not an MLflow server"), ("/shut", "HTTP 401")]
)
def test_what_is_no_server_for_us(tmp_path: Path, server: str, path: str, words: str) -> None:
    found = looked_at(tmp_path, server + path)

    assert found.status == "fail"
    assert words in found.message
    assert found.remedy


def test_the_token_is_sent_and_passwords_are_not_shown(tmp_path: Path, server: str) -> None:
    assert looked_at(tmp_path, f"{server}/shut", MLFLOW_TRACKING_TOKEN="canary").status == "ok"

    within = f"{server}/shut".replace("://", "://me:canary@")
    assert looked_at(tmp_path, within).status == "ok"
    assert "canary" not in looked_at(tmp_path, within).message
    pair = {"MLFLOW_TRACKING_USERNAME": "me", "MLFLOW_TRACKING_PASSWORD": "canary"}
    assert looked_at(tmp_path, f"{server}/shut", **pair).status == "ok"

    found = looked_at(tmp_path, "http://me:canary@127.0.0.1:9")
    assert found.status == "fail"
    assert "canary" not in found.message + found.remedy


def test_nobody_listens(tmp_path: Path) -> None:
    found = looked_at(tmp_path, "http://127.0.0.1:9")

    assert found.status == "fail"
    assert "does not answer" in found.message


def a_database(tmp_path: Path, revision: str | None) -> str:
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        if revision is not None:
            database.execute("CREATE TABLE alembic_version (version_num TEXT)")
            database.execute("INSERT INTO alembic_version VALUES (?)", [revision])
        else:
            database.execute("CREATE TABLE mine (a)")
    database.close()
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def test_the_newest_tables_are_those_of_the_installed_mlflow(tmp_path: Path) -> None:
    newest = newest_schema()

    assert newest is not None
    assert looked_at(tmp_path, a_database(tmp_path, newest)).status == "ok"


@pytest.mark.parametrize(
    ("revision", "words", "remedy"),
    [
        ("451aebb31d03", "an older MLflow", "mlflow db upgrade"),
        ("ffffffffffff", "a newer MLflow", "pip install --upgrade mlflow"),
        (None, "no tables of MLflow", "move it away"),
    ],
)
def test_other_tables(tmp_path: Path, revision: str | None, words: str, remedy: str) -> None:
    found = looked_at(tmp_path, a_database(tmp_path, revision))

    assert found.status == "fail"
    assert words in found.message
    assert remedy in found.remedy


def test_a_locked_database(tmp_path: Path) -> None:
    uri = a_database(tmp_path, newest_schema())
    holder = sqlite3.connect(tmp_path / "mlflow.db")
    holder.execute("BEGIN EXCLUSIVE")

    found = looked_at(tmp_path, uri)
    holder.close()

    assert found.status == "fail"
    assert "locked" in found.message


def test_a_damaged_database(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"not a database" * 100)

    found = looked_at(tmp_path, f"sqlite:///{tmp_path / 'mlflow.db'}")

    assert found.status == "fail"
    assert "move it away" in found.remedy


def test_a_database_that_is_not_there_yet_is_fine(tmp_path: Path) -> None:
    (found,) = tracking(Patient(Project(tmp_path, tmp_path / ".headrace"), {}))

    assert found.status == "ok"
    assert "made by the first run" in found.message
    assert not (tmp_path / ".headrace").exists()


def test_a_registry_apart_is_looked_at(tmp_path: Path, server: str) -> None:
    project = Project(tmp_path, tmp_path / ".headrace")

    assert [one.message for one in registry(Patient(project, {}))] == ["the tracking store's own"]
    (found,) = registry(Patient(project, {"MLFLOW_REGISTRY_URI": server}))
    assert found.message == f"{server}, MLflow 3.17.2"
