"""A web server on loopback that remembers what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Inbox:
    """Where the server is, and what arrived: (path, JSON document)."""

    address: str = ""
    received: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: int = 200
    location: str = ""

    def at(self, path: str) -> list[dict[str, Any]]:
        return [document for found, document in self.received if found == path]


@contextmanager
def inbox() -> Iterator[Inbox]:
    box = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.received.append((self.path, json.loads(body)))
            self.send_response(box.answer)
            if box.location:
                self.send_header("Location", box.location)
            self.end_headers()

        def do_GET(self) -> None:
            box.received.append((self.path, {}))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
