"""What is known of a running `headrace up`: a lock that dies with its process, and a file that says what it started."""

from __future__ import annotations

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Known:
    """A process, told apart from a later one of the same number by the moment it began."""

    name: str
    pid: int
    began: float
    """Seconds after the machine's start: clocks are put right, and a moment of theirs would be another then."""
    log: str
    starts: int = 1
    """How many times it has been started."""
    boot: str = ""
    """Which start of the machine that was; empty where the system does not say."""

    @property
    def seconds(self) -> float:
        """How long ago it began."""
        import psutil  # type: ignore[import-untyped]

        return time.time() - float(psutil.boot_time()) - self.began

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        import psutil

        if self.boot != _boot():
            return False
        try:
            process = psutil.Process(self.pid)
            is_it = abs(_began(process) - self.began) < 1
            return is_it and bool(process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


def known(name: str, pid: int, log: str = "", starts: int = 1) -> Known:
    """The process of that number as it is now; psutil.NoSuchProcess if there is none."""
    import psutil

    return Known(name, pid, _began(psutil.Process(pid)), log, starts, _boot())


def _began(process: Any) -> float:
    import psutil

    return float(process.create_time() - psutil.boot_time())


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Running:
    """One `headrace up`."""

    supervisor: Known
    port: int
    mlflow_port: int | None
    """None where MLflow is a server elsewhere."""
    mlflow: str
    """MLflow's address as it may be shown."""
    parts: tuple[Known, ...] = ()
    tasks_port: int = 0
    """Where tasks ask Airflow."""


def write(home: Path, running: Running) -> None:
    """Keep it, whole or not at all, for nobody else's eyes."""
    part = home / f".up.{uuid.uuid4().hex[:8]}"
    descriptor = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(running), file)
    part.replace(_file(home))


def read(home: Path) -> Running | None:
    """What the last `headrace up` kept; None if there was none, or the file is damaged."""
    try:
        document: Mapping[str, Any] = json.loads(_file(home).read_bytes())
        parts = tuple(Known(**part) for part in document["parts"])
        return Running(**{**document, "supervisor": Known(**document["supervisor"]), "parts": parts})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def forget(home: Path) -> None:
    """Nothing runs any more."""
    _file(home).unlink(missing_ok=True)


@contextmanager
def held(home: Path) -> Iterator[bool]:
    """Hold the lock for as long as this lasts; False if another process holds it.

    The system lets go of it when its process ends, however that ends: it is never stale.
    """
    with (home / "up.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _file(home: Path) -> Path:
    return home / "up.json"
