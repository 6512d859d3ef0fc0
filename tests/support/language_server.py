"""The real yaml-language-server, spoken to over stdio as an editor does."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

#: Where `make test` installs it, from `tests/editor/package.json`.
SERVER = Path(__file__).parents[1] / "editor" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
_PATIENCE = 30.0


class LanguageServer:
    """A server process with one project folder and the settings of its `.vscode/settings.json`."""

    def __init__(self, root: Path, settings: Mapping[str, Any], server: Path = SERVER) -> None:
        self._root = root
        self._settings = settings
        self._process = subprocess.Popen(
            ["node", str(server), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._published: queue.Queue[dict[str, Any]] = queue.Queue()
        self._next = 0
        self._versions: dict[str, int] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        self._request(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {
                        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                        "hover": {"contentFormat": ["markdown"]},
                        "publishDiagnostics": {},
                    },
                },
            },
        )
        self._notify("initialized", {})

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> LanguageServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def problems(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open (or change) a file of the project to `text`; what is underlined in it."""
        uri = self._open(name, text)
        while True:
            message = self._published.get(timeout=_PATIENCE)["params"]
            if message["uri"] == uri:
                found: list[dict[str, Any]] = message["diagnostics"]
                return found

    def completions(self, name: str, text: str) -> dict[str, dict[str, Any]]:
        """What is offered where `|` stands in the text, by its label."""
        text, position = _cursor(text)
        self.problems(name, text)
        found = self._request("textDocument/completion", self._at(name, position))
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"]: item for item in items}

    def hover(self, name: str, text: str) -> str:
        """The text that is shown over what stands at `|`."""
        text, position = _cursor(text)
        self.problems(name, text)
        found = self._request("textDocument/hover", self._at(name, position))
        return str(found["contents"]["value"]) if found else ""

    def answer_time(self, name: str, text: str, method: str) -> float:
        """Seconds from asking `completion` or `hover` at `|` to the answer, once the file is open and checked."""
        text, position = _cursor(text)
        self.problems(name, text)
        started = time.perf_counter()
        self._request(f"textDocument/{method}", self._at(name, position))
        return time.perf_counter() - started

    def _at(self, name: str, position: Mapping[str, int]) -> dict[str, Any]:
        return {"textDocument": {"uri": (self._root / name).as_uri()}, "position": position}

    def _open(self, name: str, text: str) -> str:
        uri = (self._root / name).as_uri()
        version = self._versions[uri] = self._versions.get(uri, 0) + 1
        if version == 1:
            document = {"uri": uri, "languageId": "yaml", "version": version, "text": text}
            self._notify("textDocument/didOpen", {"textDocument": document})
        else:
            document = {"uri": uri, "version": version}
            self._notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return uri

    def _request(self, method: str, parameters: Mapping[str, Any]) -> Any:
        self._next += 1
        self._send({"id": self._next, "method": method, "params": parameters})
        while True:
            answer = self._answers.get(timeout=_PATIENCE)
            if answer["id"] == self._next:
                assert "error" not in answer, answer
                return answer.get("result")

    def _notify(self, method: str, parameters: Mapping[str, Any]) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self._process.stdin
        assert stream is not None
        stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        stream.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while (message := _read(stream)) is not None:
            if "method" not in message:
                self._answers.put(message)
            elif message["method"] == "textDocument/publishDiagnostics":
                self._published.put(message)
            elif "id" in message:
                self._send({"id": message["id"], "result": self._told(message)})

    def _told(self, message: Mapping[str, Any]) -> Any:
        """The server asks for its settings; to all else the answer is nothing."""
        if message["method"] != "workspace/configuration":
            return None
        sections = [item.get("section", "") for item in message["params"]["items"]]
        return [self._section(section) for section in sections]

    def _section(self, section: str) -> dict[str, Any]:
        head = f"{section}."
        return {key.removeprefix(head): value for key, value in self._settings.items() if key.startswith(head)}


def _read(stream: IO[bytes]) -> dict[str, Any] | None:
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    body = stream.read(length) if length else b""
    if not body:
        return None
    message: dict[str, Any] = json.loads(body)
    return message


def _cursor(text: str) -> tuple[str, dict[str, int]]:
    before, _, after = text.partition("|")
    return before + after, {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
