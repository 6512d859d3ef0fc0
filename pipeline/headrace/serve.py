"""Serves the champion through MLflow's own inference server, in a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headrace.errors import StageError, UsageError
from headrace.registry import champion_files
from headrace.registry.serving import server_command

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from headrace.registry import ModelFiles
    from headrace.tracking import Settings

_START_SECONDS = 120.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Its root, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def serve(
    settings: Settings,
    name: str,
    alias: str,
    host: str = "127.0.0.1",
    port: int = 5000,
    say: Callable[[str], None] = print,
) -> int:
    """Serve the version that carries the alias until a signal ends it; returns the exit code.

    Port 0 takes a free one. `say` gets the address and an example once it answers. UsageError: no champion yet, or
    the port is in use. StageError: the server did not start.
    """
    address = Address(host, _free_port(host, port))
    with (
        champion_files(settings, name, alias) as files,
        _running(files.folder, address) as server,
        _forwarded(server),
    ):
        _wait_until_ready(server, address)
        say(_greeting(files, alias, address))
        code = server.wait()
    return 0 if code in (0, -signal.SIGINT, -signal.SIGTERM) else 1


def _free_port(host: str, port: int) -> int:
    """The port itself, or a free one for 0; UsageError if it cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"cannot listen on {host} port {port}: {getattr(error, 'strerror', None) or error}",
                remedy="stop what uses it, or choose another with --port; 0 takes a free one",
            ) from error
        found: int = probe.getsockname()[1]
    return found


@contextmanager
def _running(folder: Path, address: Address) -> Iterator[subprocess.Popen[bytes]]:
    """The server, in a session of its own so that a terminal's Ctrl-C reaches it once, through us."""
    command, environment = server_command(folder, address.host, address.port)
    server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield server
    finally:
        _stop(server)


@contextmanager
def _forwarded(server: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand SIGINT and SIGTERM on to the server, which ends its requests and itself."""

    def forward(_number: int, _frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            server.terminate()

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    server.terminate()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], address: Address) -> None:
    """Until /ping answers; returns early, too, when a signal has ended the server meanwhile."""
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up:
        if server.poll() is not None:
            if server.returncode in (0, -signal.SIGTERM):
                return
            raise StageError(
                f"the inference server ended with code {server.returncode} before it answered",
                remedy="its own messages are above; the model's requirements.txt names what it needs",
            )
        if _answers(address):
            return
        time.sleep(_POLL_SECONDS)
    raise StageError(f"the inference server did not answer within {_START_SECONDS:.0f} s on {address.url}")


def _answers(address: Address) -> bool:
    try:
        with urllib.request.urlopen(f"{address.url}/ping", timeout=2) as reply:  # noqa: S310 - our own address
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _greeting(files: ModelFiles, alias: str, address: Address) -> str:
    """What to type next, with a row that the model knows."""
    rows: list[dict[str, Any]] = files.info.get("input_example", [])[:1]
    body = json.dumps({"dataframe_records": rows}).replace("'", "'\\''")
    return (
        f"{files.name} version {files.version} ({alias}) answers on {address.url}/invocations\n"
        f"  curl -s {address.url}/invocations -H 'Content-Type: application/json' -d '{body}'\n"
        "Ctrl-C ends it."
    )
