"""As much of Docker's API as starting a stage takes, on loopback. No daemon runs where the tests do."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from boxes import Box, lines_as_they_come


@dataclass
class Daemon:
    """What it was asked for, and what it answers."""

    address: str = ""
    images: set[str] = field(default_factory=lambda: {"flights:1"})
    """Images that are here."""
    registry: set[str] = field(default_factory=set)
    """Images that can be fetched."""
    created: list[dict[str, Any]] = field(default_factory=list)
    boxes: dict[str, Box] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    out_of_memory: bool = False


@contextmanager
def docker_daemon() -> Iterator[Daemon]:
    daemon = Daemon()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"daemon": daemon}))
    server.daemon_threads = True
    daemon.address = f"tcp://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield daemon
    finally:
        for box in daemon.boxes.values():
            box.kill()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    daemon: Daemon

    def log_message(self, *words: Any) -> None:
        pass

    def do_GET(self) -> None:
        words = self._words()
        if words == ["version"]:
            self._answer(200, {"ApiVersion": "1.45", "Version": "27.0"})
        elif words[0] == "images":
            name = "/".join(words[1:-1])
            self._answer(200 if name in self.daemon.images else 404, {"Id": name, "message": f"No such image: {name}"})
        else:
            name = words[1]
            if name not in self.daemon.boxes:
                self._answer(404, {"message": f"No such container: {name}"})
            else:
                self._answer(200, self._inspected(name))

    def do_POST(self) -> None:
        words = self._words()
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if words == ["containers", "create"]:
            self._create(body)
        elif words == ["images", "create"]:
            self._pull()
        elif words[2] == "attach":
            self._attach(self.daemon.boxes[words[1]])
        elif words[2] == "start":
            box = self.daemon.boxes[words[1]]
            if box._process is None:
                box.start()
            self._answer(204)
        elif words[2] == "wait":
            box = self.daemon.boxes[words[1]]
            box.is_done.wait()
            self._answer(200, {"StatusCode": box.code})
        elif words[2] == "stop":
            self.daemon.boxes[words[1]].kill(143)
            self._answer(204)

    def do_DELETE(self) -> None:
        name = self._words()[1]
        self.daemon.removed.append(name)
        self.daemon.boxes.pop(name).kill()
        self._answer(204)

    def _words(self) -> list[str]:
        _, first, *words = urlsplit(self.path).path.split("/")
        return words if first.startswith("v1") else [first, *words]

    def _query(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query)[name][0]

    def _create(self, body: dict[str, Any]) -> None:
        if body["Image"] not in self.daemon.images:
            self._answer(404, {"message": f"No such image: {body['Image']}"})
            return
        name = self._query("name")
        environment = dict(entry.split("=", 1) for entry in body["Env"])
        self.daemon.created.append(body)
        self.daemon.bodies[name] = body
        self.daemon.boxes[name] = Box([*body["Entrypoint"], *body["Cmd"]], environment, body["WorkingDir"])
        self._answer(201, {"Id": name, "Warnings": []})

    def _pull(self) -> None:
        name = f"{self._query('fromImage')}:{self._query('tag')}"
        if name in self.daemon.registry:
            self.daemon.images.add(name)
            self._answer(200, {"status": "Pull complete"})
        else:
            self._answer(404, {"message": f"manifest for {name} not found"})

    def _inspected(self, name: str) -> dict[str, Any]:
        box = self.daemon.boxes[name]
        running = box._process is not None and box.code is None
        labels = self.daemon.bodies[name]["Labels"]
        state = {"Running": running, "OOMKilled": self.daemon.out_of_memory, "Error": ""}
        return {"Id": name, "Config": {"Labels": labels, "Tty": False}, "State": state}

    def _attach(self, box: Box) -> None:
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "tcp")
        self.end_headers()

        def send(stream: str, moment: str, line: bytes) -> None:
            del moment
            self.wfile.write(struct.pack(">BxxxL", 1 if stream == "stdout" else 2, len(line)) + line)

        lines_as_they_come(box, send)
        self.close_connection = True

    def _answer(self, status: int, document: dict[str, Any] | None = None) -> None:
        content = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
