"""The processes of a local Airflow, and the servers of others that they rely on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from headrace_airflow.local.parts import somebody_answers


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
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        free = server.server_port

    assert not somebody_answers(f"http://127.0.0.1:{free}")
