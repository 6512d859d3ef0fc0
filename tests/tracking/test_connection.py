"""What is said when MLflow cannot be reached, does not answer, or is not the MLflow it should be."""

from __future__ import annotations

import http.server
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from headrace.errors import ServiceError
from headrace.tracking import Settings, ensure_run, tracking_settings
from headrace.tracking.quiet import quiet_environment, quiet_mlflow, unhurried
from registered import free_port, fresh_settings, run_key

Handle = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextmanager
def http_server(handle: Handle) -> Iterator[str]:
    """A server on this machine that answers every request in one way; gives its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            handle(self)

        do_POST = do_GET  # noqa: N815 - a name that the standard library looks for

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def reply(status: int, body: str, kind: str = "text/html") -> Handle:
    def handle(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.end_headers()
        request.wfile.write(body.encode())

    return handle


def failure(home: Path, uri: str) -> tuple[ServiceError, float]:
    """The error of asking that address, and how many seconds it took."""
    settings = tracking_settings({"pipeline": "late", "tracking": {"uri": uri}}, home, {})
    start = time.monotonic()
    with pytest.raises(ServiceError) as caught:
        ensure_run(settings, run_key())
    return caught.value, time.monotonic() - start


def test_a_server_that_is_down_is_named_without_credentials_and_may_be_tried_again(tmp_path: Path) -> None:
    port = free_port()

    error, seconds = failure(tmp_path, f"http://ann:s3cret@127.0.0.1:{port}")

    assert f"http://127.0.0.1:{port} cannot be reached: Connection refused" in error.message
    assert "s3cret" not in error.message + error.remedy + str(error)
    assert "MLFLOW_TRACKING_URI" in error.remedy
    assert "run the pipeline again" in error.remedy
    assert error.retryable
    assert seconds < 15


def test_a_name_that_does_not_exist(tmp_path: Path) -> None:
    error, _ = failure(tmp_path, "http://mlflow.invalid")

    assert "http://mlflow.invalid cannot be reached" in error.message


def test_a_server_that_does_not_answer_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with http_server(lambda _: time.sleep(3)) as uri:
        error, seconds = failure(tmp_path, uri)

    assert "does not answer in time" in error.message
    assert error.retryable
    assert seconds < 3  # the user's own limits hold


def test_a_server_that_wants_credentials(tmp_path: Path) -> None:
    with http_server(reply(401, "You are not authenticated.")) as uri:
        error, _ = failure(tmp_path, uri)

    assert f"{uri} refuses the credentials" in error.message
    assert "MLFLOW_TRACKING_TOKEN" in error.remedy
    assert not error.retryable


def test_a_server_that_is_too_old_says_which_it_is(tmp_path: Path) -> None:
    def handle(request: http.server.BaseHTTPRequestHandler) -> None:
        reply(200, "2.9.2")(request) if request.path == "/version" else reply(404, "Not Found")(request)

    with http_server(handle) as uri:
        error, _ = failure(tmp_path, uri)

    assert "too old: it is 2.9.2" in error.message
    assert "upgrade it to MLflow 3" in error.remedy
    assert not error.retryable


def test_a_server_that_is_no_mlflow_server(tmp_path: Path) -> None:
    with http_server(reply(404, "<h1>Not Found</h1>")) as uri:
        error, _ = failure(tmp_path, uri)

    assert "not as an MLflow server does" in error.message


def test_a_server_with_an_error_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    body = '{"error_code": "INTERNAL_ERROR", "message": "disk full"}'
    with http_server(reply(500, body, "application/json")) as uri:
        error, _ = failure(tmp_path, uri.replace("http://", "http://ann:s3cret@"))

    assert f"{uri} failed: " in error.message
    assert "s3cret" not in error.message + error.remedy
    assert error.retryable


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"no database at all" * 100)

    error, _ = failure(tmp_path, f"sqlite:///{tmp_path / 'mlflow.db'}")

    assert "is damaged" in error.message
    assert str(tmp_path / "mlflow.db") in error.remedy


def test_a_database_of_another_mlflow(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    with sqlite3.connect(settings.home / "mlflow.db") as database:
        database.execute("UPDATE alembic_version SET version_num = 'f5a4f2784254'")

    with pytest.raises(ServiceError, match="another version of MLflow") as caught:
        ensure_run(settings, run_key())

    assert "mlflow db upgrade sqlite:///" in caught.value.remedy


def test_mlflow_prints_nothing(tmp_path: Path) -> None:
    settings: Settings = fresh_settings(tmp_path)
    code = (
        "import sys; from pathlib import Path; from registered import run_key, train\n"
        "from headrace.registry import promote_version, register_version\n"
        "from headrace.tracking import Projection, prepare, project, tracking_settings\n"
        "home = Path(sys.argv[1])\n"
        "settings = tracking_settings({'pipeline': 'late'}, home / 'new', {})\n"
        "prepare(settings)\n"
        "version = register_version(settings, run_key(), 'late', train(home / 'model').candidate())\n"
        "promote_version(settings, 'late', 'champion', version.version, None)\n"
        "project(settings, run_key(), Projection(metrics={'a': 1.0}, folder=home / 'model'))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    environment = {**kept, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", code, str(settings.home)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")
    assert [line for line in done.stderr.splitlines() if "mlflow" in line.lower() or "alembic" in line.lower()] == []


def test_files_have_more_time_than_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_TIMEOUT", raising=False)

    with quiet_mlflow():
        with unhurried():
            assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "120"
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "10"


def test_the_environment_is_put_back_and_the_users_settings_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7")
    before = dict(os.environ)

    with quiet_mlflow():
        assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
        with quiet_mlflow():
            assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"
        assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"

        with unhurried():
            assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"

    assert dict(os.environ) == before
    assert quiet_environment()["MLFLOW_DISABLE_TELEMETRY"] == "true"
