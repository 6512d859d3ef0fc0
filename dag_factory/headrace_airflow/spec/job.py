"""Work on a project that one process of its own does at a time, for whoever finds it undone."""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from headrace.errors import HeadraceError
from headrace.project import Project
from headrace_airflow.spec import attempt

_LOG_SIZE = 1_000_000


class Job(NamedTuple):
    """One kind of such work. What is known of it is in files of one folder: its lock, its log, its last attempt."""

    project: Project
    folder: Path
    module: str
    """What the process runs."""
    doing: str
    """What it does, in one word: `compiling`."""
    done: str
    """What the configuration is after it: `compiled`."""

    @property
    def last(self) -> attempt.Attempt | None:
        """The attempt that has not come to a good end; None if all is well."""
        return attempt.last(self.folder)

    @property
    def is_going_on(self) -> bool:
        """Whether a process is at it."""
        with self._turn(0.0) as lock:
            return lock is None

    @property
    def problem(self) -> str:
        """Why it is not done; the same words from one look to the next, for Airflow shows them."""
        tried = self.last
        if not os.access(self.folder, os.W_OK):
            return f"it cannot be {self.done} here: {self.folder} cannot be written to"
        if tried is None:
            return f"it has changed and is not {self.done} yet"
        if self.is_going_on:
            return f"it has changed and is being {self.done} since {tried.since}"
        return f"it has changed and could not be {self.done} since {tried.since}: {self._why(tried)}"

    def run_once(self, undone: Callable[[], Sequence[str]], deadline: float, *, insist: bool = False) -> None:
        """Start the work unless it is going on or has failed lately, and wait for its end, until the deadline.

        `undone`: the words that its process is given, asked when nobody else is at it; nothing to do without any.
        `insist`: a person waits, so a failure of just now keeps nobody from trying again.
        """
        with self._turn(deadline) as lock:
            if lock is None or not (words := undone()):
                return
            tried = self.last
            if tried and not insist and not tried.is_worth_another(self.project):
                return
            process = self._start(words, lock)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.returncode = process.returncode or 0  # it goes on by itself; nobody asks for its end

    @contextmanager
    def told(self, limit: int) -> Iterator[None]:
        """What the process itself does within so many seconds; word is left of what comes of it."""
        signal.signal(signal.SIGALRM, _out_of_time)
        signal.alarm(limit)
        faulthandler.dump_traceback_later(limit + 30, exit=True)  # for what hears no signal
        try:
            yield
        except HeadraceError as error:
            attempt.failed(self.folder, error.message)
        except TimeoutError:
            attempt.failed(self.folder, f"not everything could be {self.done} within {limit} s")
        except BaseException as error:
            attempt.failed(self.folder, f"{self.doing} failed: {type(error).__name__}: {error}")
            raise
        else:
            attempt.succeeded(self.folder)
        finally:
            signal.alarm(0)
            faulthandler.cancel_dump_traceback_later()

    def _why(self, tried: attempt.Attempt) -> str:
        """What the process said of its end, or what it wrote last."""
        if tried.was_told:
            return tried.why
        with suppress(OSError):
            lines = self._log.read_text(errors="replace").strip().splitlines()
            return "; ".join([tried.why, *lines[-1:]])
        return tried.why

    def _start(self, words: Sequence[str], lock: int) -> subprocess.Popen[bytes]:
        """The process; it holds the lock until its end, and what it says is in a file of its own."""
        attempt.begin(self.folder, self.project)
        self._cut_log()
        with self._log.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", self.module, *words],
                cwd=self.project.root,
                env={**os.environ, **self._own},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                pass_fds=(lock,),
                start_new_session=True,
            )

    @property
    def _own(self) -> Mapping[str, str]:
        return {"HEADRACE_PROJECT": str(self.project.root), "HEADRACE_HOME": str(self.project.home)}

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.doing}.log"

    def _cut_log(self) -> None:
        """Begin a log that has grown long anew."""
        with suppress(OSError):
            if self._log.stat().st_size > _LOG_SIZE:
                self._log.unlink()

    @contextmanager
    def _turn(self, deadline: float) -> Iterator[int | None]:
        """The lock that one process holds at a time, as a descriptor; None if it is not free by the deadline.

        Closed at the end: it stays locked as long as a process that was started with it runs.
        """
        import fcntl

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder / f"{self.doing}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:  # a folder that cannot be written to: nothing could be kept either
            yield None
            return
        try:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        yield None
                        return
                    time.sleep(0.05)
                else:
                    yield lock
                    return
        finally:
            os.close(lock)


def compiling(project: Project) -> Job:
    """Compiling what changed, and keeping its specification."""
    folder = project.home / "compiled" / "dags"
    return Job(project, folder, "headrace_airflow.spec.compiling", "compiling", "compiled")


def _out_of_time(number: int, frame: object) -> None:
    del number, frame
    raise TimeoutError
