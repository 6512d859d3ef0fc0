"""`headrace up`: Airflow and MLflow on this machine, from start to Ctrl-C."""

from __future__ import annotations

import errno
import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from headrace.errors import EXIT_OK, ServiceError, UsageError
from headrace.project import Project
from headrace.tracking.settings import Settings, is_server, tracking_settings
from headrace_airflow.local import state
from headrace_airflow.local.database import ensure_database
from headrace_airflow.local.parts import (
    HOST,
    TASK_API,
    AirflowPorts,
    Part,
    airflow_health,
    airflow_parts,
    mlflow_answers,
    mlflow_part,
    needs_mlflow,
    server_settings,
    somebody_answers,
)
from headrace_airflow.local.settings import airflow_home
from headrace_airflow.local.state import Known, Running, known
from headrace_airflow.local.supervisor import Supervisor, end_all

#: Seconds; a busy machine takes minutes for what takes a quiet one half of one.
_READY_LIMIT = 300.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for."""

    port: int
    mlflow_port: int
    unpaused: bool
    tasks_port: int = 0
    """Where tasks ask Airflow: a free port, found when it starts."""

    @property
    def airflow(self) -> AirflowPorts:
        """Where Airflow answers."""
        return AirflowPorts(self.port, self.tasks_port)


def server_home(project: Project) -> Path:
    """Where the Airflow that serves keeps its database, its logs and its password."""
    return airflow_home(project, "server")


def up(project: Project, wanted: Wanted) -> int:
    """Start both, say when they are ready, and stay until a signal; then stop all of it.

    A second one says that it is running. UsageError if a port is taken; ServiceError if a part ends while all of them
    are coming up, or again and again later, or if none gets ready.
    """
    home = server_home(project)
    with state.held(home) as first:
        if not first:
            print(_running_already(state.read(home)))
            return EXIT_OK
        _end_leftovers(home)
        _serve(project, home, wanted)
    return EXIT_OK


def _serve(project: Project, home: Path, wanted: Wanted) -> None:
    tracking = tracking_settings({}, project.home, root=project.root)
    logs = home / "logs"
    logs.mkdir(exist_ok=True)
    ours = f"http://{HOST}:{wanted.mlflow_port}" if needs_mlflow(tracking) else ""
    wanted = replace(wanted, tasks_port=_free_port(max(wanted.port, wanted.mlflow_port)))
    settings = server_settings(project, home, wanted.airflow, unpaused=wanted.unpaused, mlflow=ours)
    parts = airflow_parts(logs, settings, wanted.airflow)
    mlflow = mlflow_part(logs, tracking, wanted.mlflow_port)
    _check_ports(wanted, with_mlflow=mlflow is not None)
    _close_to_others(password_file(home))
    with _stop_on_signals():
        ensure_database(home, settings)
        if mlflow is not None:
            _make_tracking(tracking)
        _supervise(home, wanted, [*parts, *([mlflow] if mlflow else [])], tracking)


def _supervise(home: Path, wanted: Wanted, parts: Sequence[Part], tracking: Settings) -> None:
    with_mlflow = any(part.name == "mlflow" for part in parts)
    address = f"http://{HOST}:{wanted.mlflow_port}" if with_mlflow else tracking.address

    def keep() -> None:
        port = wanted.mlflow_port if with_mlflow else None
        state.write(home, Running(_myself(), wanted.port, port, address, supervisor.known(), wanted.tasks_port))

    supervisor = Supervisor(parts, lambda text: print(text, flush=True), keep)
    try:
        print("starting Airflow and MLflow …" if with_mlflow else "starting Airflow …", flush=True)
        supervisor.start()
        _wait_until_ready(wanted, supervisor, with_mlflow=with_mlflow)
        print(_ready(home, wanted, address), flush=True)
        if is_server(tracking.tracking_uri) and not somebody_answers(tracking.address):
            print(
                f"warning: nobody answers at {tracking.address}: stages that need MLflow fail until it does", flush=True
            )
        with suppress(KeyboardInterrupt):
            while True:
                supervisor.mend()
                time.sleep(1)
    finally:
        print("stopping … (Ctrl-C again does not wait for tasks)", flush=True)
        try:
            supervisor.stop()
        except KeyboardInterrupt:
            supervisor.stop(grace=0)
        state.forget(home)


def _ready(home: Path, wanted: Wanted, mlflow: str) -> str:
    return "\n".join(
        [
            f"Airflow is ready at http://{HOST}:{wanted.port}",
            f"  user admin; the password is in {near(password_file(home))}",
            f"MLflow is at {mlflow}",
            f"logs are in {near(home / 'logs')}; Ctrl-C stops all of it",
        ]
    )


def near(path: Path) -> str:
    """A path as a reader here would write it: from this folder, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _running_already(running: Running | None) -> str:
    if running is None:
        return "headrace up is starting in another terminal; `headrace up --status` says more"
    where = f"Airflow at http://{HOST}:{running.port}, MLflow at {running.mlflow}"
    return f"headrace up is running already (process {running.supervisor.pid}): {where}"


def _end_leftovers(home: Path) -> None:
    """A `headrace up` that was killed leaves its parts running: they end before new ones start."""
    left = leftovers(state.read(home))
    if left:
        print(f"an earlier headrace up was killed; ending what it left: {', '.join(part.name for part in left)}")
        end_all(part.pid for part in left)
    state.forget(home)


def leftovers(running: Running | None) -> tuple[Known, ...]:
    """The parts that still run."""
    return tuple(part for part in running.parts if part.is_alive()) if running else ()


def stop(project: Project) -> int:
    """End a running `headrace up`, or what a killed one has left."""
    home = server_home(project)
    with state.held(home) as gone:
        if gone:
            _end_leftovers(home)
            print("headrace up is not running")
            return EXIT_OK
    running = state.read(home)
    if running is None:
        raise ServiceError("headrace up is just starting or stopping", remedy="try again in a few seconds")
    os.kill(running.supervisor.pid, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while running.supervisor.is_alive() and time.monotonic() < deadline:
        time.sleep(0.2)
    if running.supervisor.is_alive():
        raise ServiceError(f"process {running.supervisor.pid} does not end", remedy="kill it, and call this again")
    print("headrace up has stopped")
    return EXIT_OK


def password_file(home: Path) -> Path:
    """Where Airflow writes the password, in plain text."""
    return home / "simple_auth_manager_passwords.json.generated"


def _close_to_others(file: Path) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)


def _make_tracking(tracking: Settings) -> None:
    """The database of a project that has none yet: its server and the first stages would both make it."""
    from headrace.tracking.database import prepare

    prepare(tracking)


def _myself() -> Known:
    return known("headrace up", os.getpid())


@contextmanager
def _stop_on_signals() -> Iterator[None]:
    """SIGTERM ends this as Ctrl-C does, also while it is starting."""

    def interrupt(number: int, frame: object) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        print("stopped before it was ready", flush=True)
    finally:
        signal.signal(signal.SIGTERM, before)


def _check_ports(wanted: Wanted, *, with_mlflow: bool) -> None:
    ports = {"--port": wanted.port, **({"--mlflow-port": wanted.mlflow_port} if with_mlflow else {})}
    if len(set(ports.values())) < len(ports):
        raise UsageError("Airflow and MLflow need a port each", remedy="name two: --port and --mlflow-port")
    for option, port in ports.items():
        problem = _port_problem(port)
        if problem:
            remedy = f"name another one: headrace up {option} {_free_port(port)}"
            raise UsageError(f"port {port} {problem}", remedy=remedy)


def _port_problem(port: int) -> str:
    """Why nobody can listen there; empty if it is free."""
    if not 1 <= port < 65_536:
        return "is no port: they go from 1 to 65535"
    try:
        _bind(port)
    except OSError as error:
        return "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
    return ""


def _free_port(after: int) -> int:
    """The next port that is free, from a place where one may be."""
    first = after + 1 if 1023 < after < 65_000 else 8081
    return next((port for port in range(first, first + 100) if not _port_problem(port)), first)


def _bind(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))


def _wait_until_ready(wanted: Wanted, supervisor: Supervisor, *, with_mlflow: bool) -> None:
    deadline = time.monotonic() + _READY_LIMIT
    while waited_for := _not_ready(wanted, with_mlflow=with_mlflow):
        supervisor.require_alive()
        if time.monotonic() > deadline:
            logs = ", ".join(near(Path(part.log)) for part in supervisor.known() if part.name in waited_for)
            raise ServiceError(
                f"{', '.join(waited_for)} did not get ready within {_READY_LIMIT:.0f} s",
                remedy=f"read {logs}; where the machine was only busy, try again",
            )
        time.sleep(0.5)


def _not_ready(wanted: Wanted, *, with_mlflow: bool) -> list[str]:
    """The parts that somebody who starts needs, and that are not there yet."""
    health = airflow_health(wanted.airflow)
    needed = ("api-server", TASK_API, "scheduler", "dag-processor")
    parts = [part for part in needed if health.get(part) != "healthy"]
    return [*parts, *(["mlflow"] if with_mlflow and not mlflow_answers(wanted.mlflow_port) else [])]
