"""`headrace airflow`: Airflow's four processes on this machine, from start to Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from headrace.errors import EXIT_OK, ServiceError, UsageError
from headrace.project import Project
from headrace_airflow.local.database import ensure_database
from headrace_airflow.local.settings import airflow_home, airflow_settings, clean_environment

#: Their log servers would listen on every address, and nobody asks them: all of this is one machine.
COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
    "api-server": ("api-server", "--workers", "1"),
}
_HOST = "127.0.0.1"
_READY_LIMIT = 180.0
_GRACE = 15.0


@dataclass(frozen=True, slots=True)
class Component:
    """One process of Airflow's."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


def up(project: Project, port: int, *, unpaused: bool = False) -> int:
    """Start Airflow on 127.0.0.1, say when it is ready, and stay until a signal; then stop all of it.

    UsageError if the port is taken; ServiceError if a component ends by itself or none of it gets ready.
    """
    _check_port(port)
    home = airflow_home(project, "server")
    settings = server_settings(project, home, port, unpaused=unpaused)
    ensure_database(home, settings)
    passwords = _password_file(home)
    with _stop_on_signals(), running(home, settings) as components:
        print("starting Airflow …", flush=True)
        _wait_until_ready(port, components)
        print(f"Airflow is ready at http://{_HOST}:{port}")
        print(f"  user admin; the password is in {passwords}")
        print(f"  logs are in {home / 'logs'}; Ctrl-C stops it", flush=True)
        with suppress(KeyboardInterrupt):
            while True:
                _check_alive(components)
                time.sleep(1)
        print("stopping Airflow …", flush=True)
    return EXIT_OK


def server_settings(project: Project, home: Path, port: int, *, unpaused: bool) -> dict[str, str]:
    """Airflow's settings for a server that only this machine reaches."""
    return {
        **airflow_settings(project, home),
        "AIRFLOW__API__HOST": _HOST,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://{_HOST}:{port}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{_HOST}:{port}/execution/",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": str(not unpaused),
    }


@contextmanager
def running(home: Path, settings: Mapping[str, str]) -> Iterator[tuple[Component, ...]]:
    """The components, and at the end their end, with everything that they started."""
    logs = home / "logs"
    logs.mkdir(exist_ok=True)
    started: list[Component] = []
    try:
        for name, words in COMPONENTS.items():
            started.append(_start(name, words, logs / f"{name}.log", settings))
        yield tuple(started)
    finally:
        _stop([component.process for component in started])


def _start(name: str, words: tuple[str, ...], log: Path, settings: Mapping[str, str]) -> Component:
    with log.open("ab") as out:
        os.chmod(out.fileno(), 0o600)  # the first start prints the password
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", *words],
            env=clean_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Component(name, process, log)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask them to end, and kill what has not: their descendants too, wherever those have moved to."""
    import psutil  # type: ignore[import-untyped]

    family: list[psutil.Process] = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(process.pid)
            family += [parent, *parent.children(recursive=True)]
    for process in processes:
        process.terminate()
    _, alive = psutil.wait_procs(family, timeout=_GRACE)
    for member in alive:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(alive, timeout=_GRACE)
    for process in processes:
        process.poll()


@contextmanager
def _stop_on_signals() -> Iterator[None]:
    """SIGTERM ends this as Ctrl-C does."""

    def interrupt(number: int, frame: object) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _password_file(home: Path) -> Path:
    """Airflow writes the password in plain text: into a file that is closed to others from the start."""
    path = home / "simple_auth_manager_passwords.json.generated"
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except (OSError, OverflowError) as error:
            remedy = "name another one: headrace airflow --port 8081"
            raise UsageError(f"port {port} cannot be used: {error}", remedy=remedy) from None


def _wait_until_ready(port: int, components: tuple[Component, ...]) -> None:
    deadline = time.monotonic() + _READY_LIMIT
    while not is_healthy(port):
        _check_alive(components)
        if time.monotonic() > deadline:
            raise ServiceError(f"Airflow did not get ready within {_READY_LIMIT:.0f} s; see {components[0].log.parent}")
        time.sleep(0.5)


def is_healthy(port: int) -> bool:
    """Whether Airflow says that its database, scheduler and DAG processor are well."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{_HOST}:{port}/api/v2/monitor/health", timeout=5) as answer:
            health = json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return False
    parts = ("metadatabase", "scheduler", "dag_processor")
    return all((health.get(part) or {}).get("status") == "healthy" for part in parts)


def _check_alive(components: tuple[Component, ...]) -> None:
    for component in components:
        code = component.process.poll()
        if code is not None:
            end = component.log.read_text(errors="replace").strip().splitlines()[-5:]
            lines = "\n  ".join(end)
            raise ServiceError(f"Airflow's {component.name} ended with {code}; its log {component.log} says\n  {lines}")
