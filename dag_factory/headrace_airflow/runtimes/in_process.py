"""Stages in the task's own process: nothing is started, and nothing can be ended apart from the task."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TextIO

from headrace_airflow.runtimes.output import Ended, Lines, StageOutput
from headrace_airflow.runtimes.process import StageCommand

#: The task is forked from a process that may have used threads: libraries that start some of their own could wait for
#: those for good, so they are told to start none.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")


class StageInProcess:
    """Calls the command that a process would have run."""

    def __init__(self, command: StageCommand, say: Callable[[str], None]) -> None:
        self._command = command
        self._output = StageOutput(say, command.hidden)

    def run(self) -> Ended:
        """Call it; its exit code is what it returns."""
        from headrace.cli import main

        out, errors = _Stream(self._output.take, sys.stdout), _Stream(self._output.say, sys.stderr)
        with _environment(self._command.environment), contextlib.chdir(self._command.folder):
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
                code = _exit_code(main, self._command.words)
            out.end()
            errors.end()
        return self._output.ended(code)

    def stop(self) -> None:
        """Nothing runs besides the task itself, which Airflow ends."""


def _exit_code(main: Callable[[tuple[str, ...]], int], words: tuple[str, ...]) -> int:
    try:
        return main(words)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1


class _Stream(io.StringIO):
    """A text stream whose lines go elsewhere."""

    def __init__(self, take_line: Callable[[str], None], beneath: TextIO) -> None:
        super().__init__()
        self._lines = Lines(take_line)
        self._beneath = beneath
        self._is_taking = False

    def write(self, text: str, /) -> int:
        """More text. What the log itself writes meanwhile goes to where it would have gone."""
        if self._is_taking:
            return self._beneath.write(text)
        self._is_taking = True
        try:
            if text:
                self._lines.take(text.encode(errors="replace"))
        finally:
            self._is_taking = False
        return len(text)

    def end(self) -> None:
        """What has no line break yet is a line, too."""
        self._lines.take(b"")


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update({**dict.fromkeys(_ONE_THREAD, "1"), **variables})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
