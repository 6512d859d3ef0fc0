"""As much of Kubernetes' API as running a pod takes, on loopback. No cluster runs where the tests do."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from boxes import Box, lines_as_they_come

_EXPANDED = re.compile(r"\$(\$|\(([^)]*)\))")


@dataclass
class Cluster:
    """What it was asked for, and what it answers."""

    address: str = ""
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    pods: dict[str, dict[str, Any]] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    refusal: tuple[int, str] | None = None
    """Status and message with which it refuses a pod."""
    waiting: dict[str, str] | None = None
    """Why a pod's container does not start."""
    status: dict[str, Any] = field(default_factory=dict)
    """What a pod's status says besides, once its process has ended."""
    terminated: dict[str, Any] = field(default_factory=dict)
    lines_per_connection: int = 1_000_000

    def kubeconfig(self, folder: Path) -> Path:
        """The file by which clients find it."""
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": self.address}}],
            "users": [{"name": "u", "user": {}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
        path = folder / "kubeconfig"
        path.write_text(json.dumps(document))
        return path


@contextmanager
def cluster() -> Iterator[Cluster]:
    found = Cluster()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"cluster": found}))
    server.daemon_threads = True
    found.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        for box in found.boxes.values():
            box.kill()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cluster: Cluster

    def log_message(self, *words: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.cluster.refusal is not None:
            status, message = self.cluster.refusal
            self._answer(status, {"kind": "Status", "message": message, "code": status})
            return
        name = body["metadata"]["name"]
        self.cluster.created.append(body)
        self.cluster.pods[name] = body
        if self.cluster.waiting is None:
            self.cluster.boxes[name] = _box(body, self.cluster.secrets)
            self.cluster.boxes[name].start()
        self._answer(201, body)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        name = parts.path.split("/")[6]
        if name not in self.cluster.pods:
            self._answer(404, {"kind": "Status", "message": f'pods "{name}" not found', "code": 404})
        elif parts.path.endswith("/log"):
            self._log(self.cluster.boxes[name], parse_qs(parts.query))
        else:
            self._answer(200, {**self.cluster.pods[name], "status": self._status(name)})

    def do_DELETE(self) -> None:
        name = urlsplit(self.path).path.split("/")[6]
        self.cluster.deleted.append(name)
        self.cluster.pods.pop(name, None)
        if box := self.cluster.boxes.get(name):
            box.kill()
        self._answer(200, {})

    def _status(self, name: str) -> dict[str, Any]:
        if self.cluster.waiting is not None:
            return {
                "phase": "Pending",
                "containerStatuses": [{"name": "stage", "state": {"waiting": self.cluster.waiting}}],
            }
        box = self.cluster.boxes.get(name)
        if box is None:
            return {"phase": "Pending"}
        if not box.is_done.is_set():
            return {"phase": "Running", "containerStatuses": [{"name": "stage", "state": {"running": {}}}]}
        terminated = {
            "exitCode": box.code,
            "reason": "Completed" if box.code == 0 else "Error",
            **self.cluster.terminated,
        }
        phase = "Failed" if box.code else "Succeeded"
        ended = [{"name": "stage", "state": {"terminated": terminated}}]
        return {"phase": phase, "containerStatuses": ended, **self.cluster.status}

    def _log(self, box: Box, query: Mapping[str, list[str]]) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        left = [self.cluster.lines_per_connection]
        follow = query.get("follow") == ["True"] or query.get("follow") == ["true"]

        def send(stream: str, moment: str, line: bytes) -> None:
            del stream
            left[0] -= 1
            if follow and left[0] < 0:
                raise ConnectionAbortedError
            content = f"{moment} ".encode() + line
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")

        try:
            lines_as_they_come(box, send)
            self.wfile.write(b"0\r\n\r\n")
        except ConnectionAbortedError:
            pass
        self.close_connection = True

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _box(pod: Mapping[str, Any], secrets: Mapping[str, Mapping[str, str]]) -> Box:
    stage = next(container for container in pod["spec"]["containers"] if container["name"] == "stage")
    environment: dict[str, str] = {}
    for entry in stage["env"]:
        if "valueFrom" in entry:
            reference = entry["valueFrom"]["secretKeyRef"]
            environment[entry["name"]] = secrets[reference["name"]][reference["key"]]
        else:
            environment[entry["name"]] = expanded(entry["value"], environment)
    words = [expanded(word, environment) for word in (*stage["command"], *stage["args"])]
    return Box(words, environment, stage["workingDir"])


def expanded(text: str, environment: Mapping[str, str]) -> str:
    """As the kubelet does: `$(NAME)` is the variable, if there is one; `$$` is a dollar."""
    return _EXPANDED.sub(lambda m: "$" if m[1] == "$" else environment.get(m[2], m[0]), text)
