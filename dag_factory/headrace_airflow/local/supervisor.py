"""Keeps processes running: starts them, starts again what ends, and ends all of them with all that they started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from headrace.errors import ServiceError
from headrace_airflow.local.parts import Part
from headrace_airflow.local.state import Known, known

#: Seconds that processes have to end by themselves.
GRACE = 15.0
#: A part that ends this often within as many seconds is not started again.
_ENDS, _WITHIN = 5, 300.0


@dataclass
class _Started:
    part: Part
    process: subprocess.Popen[bytes]
    starts: int = 1
    ended: list[float] = field(default_factory=list)


class Supervisor:
    """The parts, from their start to their end."""

    def __init__(self, parts: Sequence[Part], say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self._parts = parts
        self._say = say
        self._changed = changed
        self._started: list[_Started] = []

    def start(self) -> None:
        """Start every part."""
        for part in self._parts:
            self._started.append(_Started(part, _start(part)))
        self._changed()

    def known(self) -> tuple[Known, ...]:
        """The parts as they run now."""
        import psutil  # type: ignore[import-untyped]

        found = []
        for started in self._started:
            with suppress(psutil.NoSuchProcess):
                part = started.part
                found.append(known(part.name, started.process.pid, str(part.log), started.starts))
        return tuple(found)

    def require_alive(self) -> None:
        """ServiceError if a part has ended: while all of them are coming up, trying again would only hide why."""
        for started in self._started:
            code = started.process.poll()
            if code is not None:
                raise ServiceError(_ended(started.part, code))

    def mend(self) -> None:
        """Start again what has ended; ServiceError for a part that ends again and again."""
        for started in self._started:
            code = started.process.poll()
            if code is not None:
                self._again(started, code)

    def _again(self, started: _Started, code: int) -> None:
        now = time.monotonic()
        started.ended = [*(moment for moment in started.ended if now - moment < _WITHIN), now]
        if len(started.ended) >= _ENDS:
            raise ServiceError(f"{_ended(started.part, code)}\nit has ended {len(started.ended)} times by now")
        self._say(f"{started.part.name} {_how(code)}; it is started again")
        _end_group(started.process.pid)  # what it had started would work on beside its successor
        started.process = _start(started.part)
        started.starts += 1
        self._changed()

    def stop(self, grace: float = GRACE) -> None:
        """End everything; what has not ended by itself within so many seconds is killed."""
        end_all([started.process.pid for started in self._started], grace)
        for started in self._started:
            started.process.poll()


def end_all(pids: Iterable[int], grace: float = GRACE) -> None:
    """Ask processes to end, and kill what has not: their descendants too, wherever those have moved to."""
    import psutil

    family: list[psutil.Process] = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(pid)
            family += [parent, *parent.children(recursive=True)]
            parent.terminate()
    _, alive = psutil.wait_procs(family, timeout=grace)
    for member in alive:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(alive, timeout=GRACE)


def _start(part: Part) -> subprocess.Popen[bytes]:
    with part.log.open("ab") as out:
        os.chmod(out.fileno(), 0o600)  # the first start prints the password
        return subprocess.Popen(
            part.words,
            env=dict(part.environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _ended(part: Part, code: int) -> str:
    end = part.log.read_text(errors="replace").strip().splitlines()[-5:]
    return "\n  ".join([f"{part.name} {_how(code)}; its log {part.log} says", *end])


def _how(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
