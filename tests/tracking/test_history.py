"""Read from a database of MLflow's schema, and from a server that speaks its API."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from headrace.tracking import Projection, ensure_run, project
from headrace.tracking.history import History, stage_history
from headrace.tracking.settings import Settings
from registered import fresh_settings, run_key


def settings(uri: str, home: Path) -> Settings:
    return Settings(uri, uri, None, "late", home, "late")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The tables of MLflow's schema that are asked, as MLflow 3 makes them."""
    file = tmp_path / "mlflow it's.db"
    with sqlite3.connect(file) as connection:
        connection.executescript("""
            CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, start_time BIGINT, lifecycle_stage TEXT);
            CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
            CREATE TABLE latest_metrics (key TEXT, value FLOAT, timestamp BIGINT, step BIGINT, is_nan BOOLEAN,
                                         run_uuid TEXT, PRIMARY KEY (key, run_uuid));
        """)
        for run, pipeline, stage in (("a", "late", "active"), ("b", "late", "deleted"), ("c", "other", "active")):
            connection.execute("INSERT INTO runs VALUES (?, 1, ?)", (run, stage))
            connection.execute("INSERT INTO tags VALUES ('headrace.pipeline', ?, ?)", (pipeline, run))
            connection.execute("INSERT INTO tags VALUES ('headrace.run_id', ?, ?)", (f"run-{run}", run))
            connection.execute("INSERT INTO latest_metrics VALUES ('seconds_train', 5.5, 1, 0, 0, ?)", (run,))
            connection.execute("INSERT INTO latest_metrics VALUES ('secondsXtrain', 5.5, 1, 0, 0, ?)", (run,))
            connection.execute("INSERT INTO latest_metrics VALUES ('roc_auc', 0.7, 1, 0, 0, ?)", (run,))
    return file


def test_seconds_by_run_and_stage(database: Path, tmp_path: Path) -> None:
    found = stage_history(settings(f"sqlite:///{database.as_posix()}", tmp_path))

    assert found == History({("run-a", "train"): 5.5})


def test_a_database_that_mlflow_made(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    key = run_key()
    told = Projection(params={}, metrics={"seconds_train": 1.5, "roc_auc": 0.7}, curves={}, folder=tmp_path / "none")
    (tmp_path / "none").mkdir()
    project(settings, key, told, ensure_run(settings, key))

    asked = replace(settings, pipeline=key.pipeline)

    assert stage_history(asked) == History({(key.run_id, "train"): 1.5})


def test_a_file_that_is_absent_is_not_made_and_a_damaged_one_is_a_reason(tmp_path: Path) -> None:
    absent = tmp_path / "absent.db"
    assert stage_history(settings(f"sqlite:///{absent}", tmp_path)) == History()
    assert not absent.exists()

    (tmp_path / "damaged.db").write_bytes(b"no database" * 100)
    assert "cannot be read" in stage_history(settings(f"sqlite:///{tmp_path / 'damaged.db'}", tmp_path)).problem


class _Server(BaseHTTPRequestHandler):
    seen: ClassVar[list[tuple[str, str | None, Any]]] = []

    def do_GET(self) -> None:
        self._answer({"experiment": {"experiment_id": "7"}}, None)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        metrics = [{"key": "seconds_train", "value": 4.0}, {"key": "roc_auc", "value": 0.7}]
        run = {
            "info": {"run_id": "a"},
            "data": {"metrics": metrics, "tags": [{"key": "headrace.run_id", "value": "run-a"}]},
        }
        self._answer({"runs": [run]}, body)

    def _answer(self, document: Any, body: Any) -> None:
        self.seen.append((self.path, self.headers.get("Authorization"), body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    _Server.seen = []
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_address[1]}"
    listening.shutdown()
    listening.server_close()


def test_a_server_is_asked_as_mlflows_client_would(server: str, tmp_path: Path) -> None:
    found = stage_history(settings(server, tmp_path), {"MLFLOW_TRACKING_TOKEN": "t"})

    assert found == History({("run-a", "train"): 4.0})
    (first, second) = _Server.seen
    assert first[:2] == ("/api/2.0/mlflow/experiments/get-by-name?experiment_name=late", "Bearer t")
    assert second[2]["experiment_ids"] == ["7"]


def test_a_server_that_is_not_there_is_a_reason(tmp_path: Path) -> None:
    found = stage_history(settings("http://127.0.0.1:9", tmp_path), {})

    assert found.problem == "http://127.0.0.1:9 did not answer"


def test_other_stores_are_not_asked(tmp_path: Path) -> None:
    found = stage_history(settings("postgresql://me:secret@host/db", tmp_path))

    assert found.problem == "durations are not read from postgresql://host/db"
