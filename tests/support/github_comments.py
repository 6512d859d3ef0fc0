"""GitHub, as far as comments on a pull request go."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse


@dataclass
class GitHub:
    """As much of GitHub as comments need, on this machine."""

    address: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)
    """Methods that the token may not use."""
    others: set[int] = field(default_factory=set)
    """Comments that are somebody else's."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200


class Handler(BaseHTTPRequestHandler):
    """Answers for the GitHub of its server."""

    server: Server

    def do_GET(self) -> None:
        state = self.server.state
        page = int(parse_qs(urlparse(self.path).query).get("page", ["1"])[0])
        path = f"{state.address}/repos/me/it/issues/7/comments?per_page=100&page={page + 1}"
        link = {"Link": f'<{path}>; rel="next"'} if len(state.comments) > page * 100 else {}
        self._answer(state.comments[(page - 1) * 100 : page * 100], link)

    def do_POST(self) -> None:
        comment = {"id": len(self.server.state.comments) + 1, **self._body()}
        if self._answer(comment):
            self.server.state.comments.append(comment)

    def do_PATCH(self) -> None:
        number, state = int(self.path.rpartition("/")[2]), self.server.state
        body = self._body()["body"]
        if number in state.others:
            self._reply(403, {"message": "Resource not accessible by integration"}, {})
        elif self._answer({"id": number}):
            next(item for item in state.comments if item["id"] == number)["body"] = body

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return body

    def _answer(self, document: Any, headers: dict[str, str] | None = None) -> bool:
        state = self.server.state
        state.calls.append((self.command, self.headers["Authorization"]))
        refused = self.command in state.forbidden
        self._reply(403 if refused else state.status, document, headers or {})
        return not refused

    def _reply(self, status: int, document: Any, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A server that remembers."""

    state: GitHub


@contextmanager
def fake_github() -> Iterator[GitHub]:
    """GitHub's comments, served on this machine."""
    with Server(("127.0.0.1", 0), Handler) as listening:
        listening.state = GitHub(f"http://127.0.0.1:{listening.server_address[1]}")
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield listening.state
        listening.shutdown()
