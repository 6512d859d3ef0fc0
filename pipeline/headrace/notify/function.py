"""Notices for a function of the project's, called in a process of its own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from headrace.notify.notice import Notice

#: The part of its time after which a function is ended, before whoever waits for it goes.
_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class FunctionChannel:
    """A function that takes a `Notice`.

    What it imports and how long it takes is its own affair: in a process of its own neither is Airflow's.
    """

    name: str
    """Import path, as in `my_alerts.pager.page`."""
    folder: Path | None
    """The project's folder, where the process starts and imports from; None where that is not on this machine."""
    environment: Mapping[str, str] = field(repr=False)
    """What the process finds in its environment: whoever calls knows what the project's code may see of theirs."""
    python: str = sys.executable
    """The interpreter that has the project's packages."""
    timeout: float = 30.0
    """Seconds."""

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Call the function and pass on what it prints; OSError if it fails or takes too long."""
        try:
            with self._start() as folder:
                done = subprocess.run(
                    [self.python, "-m", "headrace.notify.call", self.name],
                    input=json.dumps(notice.as_json()),
                    cwd=folder,
                    env={**self.environment, "PYTHONIOENCODING": "utf-8"},
                    capture_output=True,
                    encoding="utf-8",
                    errors="replace",
                    timeout=self.timeout * _SHARE,
                    check=False,
                )
        except subprocess.TimeoutExpired:
            raise TimeoutError("timed out") from None
        for line in (done.stdout + done.stderr).splitlines():
            log.info("%s: %s", self.name, line)
        if done.returncode != 0:
            raise OSError(f"it ended with exit code {done.returncode}; what it said is in the log")

    def _start(self) -> AbstractContextManager[str | Path]:
        """Where the process starts: in a folder with nothing in it where there is no project."""
        return nullcontext(self.folder) if self.folder else tempfile.TemporaryDirectory()

    def __str__(self) -> str:
        return f"function {self.name}"
