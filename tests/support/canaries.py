"""Looks for a secret in everything that a run wrote, in every form in which it could stand there."""

from __future__ import annotations

import gzip
import io
import sqlite3
import threading
import time
import zipfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(canary: str) -> set[bytes]:
    """The canary as text, JSON, URL, UTF-16, hexadecimal and base64 of any alignment."""
    raw = canary.encode()
    found = {raw, raw.hex().encode(), canary.encode("utf-16-le"), raw[::-1]}
    found |= {text.encode() for text in (quote(canary), quote(canary, ""), quote_plus(canary), dumps(canary)[1:-1])}
    for shift in range(3):
        usable = b"\0" * shift + raw
        usable = usable[: len(usable) // 3 * 3]
        found |= {encode(usable)[4 if shift else 0 :] for encode in (b64encode, urlsafe_b64encode)}
    return found


def sightings(canary: str, places: Iterable[Path], texts: Iterable[str] = ()) -> list[str]:
    """Where a form of the canary stands: names and bytes of files, packed ones unpacked, databases by value."""
    wanted = forms(canary)
    found = [f"text: …{text[:80]}" for text in texts if any(form in text.encode() for form in wanted)]
    for place in places:
        for path in [place, *place.rglob("*")] if place.is_dir() else [place]:
            if any(form in str(path).encode() for form in wanted):
                found.append(f"the name {path}")
            if path.is_file():
                found += [f"{path}: {what}" for what, raw in _contents(path) if any(form in raw for form in wanted)]
    return found


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    raw = path.read_bytes()
    yield "bytes", raw
    yield from _unpacked(raw)
    if raw[:15] == b"SQLite format 3":
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            yield "dump", "\n".join(connection.iterdump()).encode()


def _unpacked(raw: bytes) -> Iterator[tuple[str, bytes]]:
    if raw[:2] == b"\x1f\x8b":
        yield "gzip", gzip.decompress(raw)
    elif raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    elif raw[:4] == b"PAR1":
        import pyarrow.parquet as pq

        table = pq.read_table(io.BytesIO(raw))
        yield "rows", repr(table.to_pylist()).encode()
        yield "metadata", repr(table.schema.metadata).encode()


@contextmanager
def command_lines() -> Iterator[set[str]]:
    """The arguments of every process that ran meanwhile, sampled."""
    seen: set[str] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(path.read_bytes().decode(errors="replace"))
                except OSError:
                    continue
            time.sleep(0.05)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


@dataclass
class Echo:
    """A server that refuses everything and quotes all that it was sent."""

    code: int = 500
    address: str = ""
    requests: list[str] = field(default_factory=list)


@contextmanager
def echo(code: int) -> Iterator[Echo]:
    """Answers `code` to everything, with the path and the headers of the request in its body and in a header."""
    state = Echo(code)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            said = f"{self.path} {dict(self.headers)} {self.rfile.read(length)!r}"
            state.requests.append(said)
            body = dumps({"error_code": "INTERNAL_ERROR", "message": f"cannot do {said}"}).encode()
            self.send_response(state.code, "No")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the names of the protocol

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
