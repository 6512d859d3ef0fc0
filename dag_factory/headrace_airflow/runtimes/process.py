"""A stage as a process: started without a shell, ended with all that it started."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from headrace.cli.lifeline import LIFELINE
from headrace_airflow.runtimes.output import Ended, Lines, StageOutput

#: Seconds between asking a process to end and ending it. Airflow itself ends the task after five.
GRACE = 3.0


@dataclass(frozen=True, slots=True)
class StageCommand:
    """What to start. Words are passed as they are: nothing interprets them on the way."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    hidden: tuple[str, ...] = field(default=(), repr=False)
    """Secret values, which are taken out of the output."""


class AbandonedError(Exception):
    """Whoever would hear of the stage's end is gone."""


class StageProcess:
    """One process group, from its start to its end."""

    def __init__(
        self, command: StageCommand, say: Callable[[str], None], is_abandoned: Callable[[], bool] = lambda: False
    ) -> None:
        self._command = command
        self._is_abandoned = is_abandoned
        self._output = StageOutput(say, command.hidden)
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> Ended:
        """Start it and wait for its end. OSError if it cannot be started, AbandonedError if nobody waits for it.

        However this ends (by an exception from a signal handler, say), nothing that the stage started is left behind.
        """
        with _lifeline() as pipe:
            process = self._process = _start(self._command, pipe)
            try:
                self._pass_on(process)
                code = _wait(process)
            finally:
                self.stop()
        return self._output.ended(code)

    def stop(self) -> None:
        """End the whole group: asked first, then killed. May be called at any time, from a signal handler too."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            _signal_group(process.pid, signal.SIGTERM)
            _wait(process, GRACE)
        _signal_group(process.pid, signal.SIGKILL)
        _wait(process, GRACE)

    def _pass_on(self, process: subprocess.Popen[bytes]) -> None:
        """Read both pipes until they close, or until the process has ended and is silent.

        A grandchild that outlives the stage may hold the pipes open for good.
        """
        assert process.stdout
        assert process.stderr
        with selectors.DefaultSelector() as selector, process.stdout, process.stderr:
            selector.register(process.stdout, selectors.EVENT_READ, Lines(self._output.take))
            selector.register(process.stderr, selectors.EVENT_READ, Lines(self._output.say))
            while selector.get_map():
                ready = selector.select(timeout=0.5)
                if self._is_abandoned():
                    raise AbandonedError("the process that supervises this task has ended")
                if not ready and process.poll() is not None:
                    break
                for key, _ in ready:
                    data = os.read(key.fd, 65_536)
                    key.data.take(data)
                    if not data:
                        selector.unregister(key.fileobj)


@contextmanager
def _lifeline() -> Iterator[int]:
    """The end of a pipe for a stage to watch: it closes with this process, however that ends."""
    watched, held = os.pipe()
    try:
        yield watched
    finally:
        os.close(watched)
        os.close(held)


def _start(command: StageCommand, lifeline: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.words,
        cwd=command.folder,
        env={**command.environment, LIFELINE: str(lifeline)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        pass_fds=(lifeline,),
    )


def _wait(process: subprocess.Popen[bytes], seconds: float = float("inf")) -> int:
    """The exit code; 0 if it has not ended by then.

    Popen's own wait holds a lock that a signal handler, which comes here too, would wait for in vain.
    """
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return process.returncode or 0


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
