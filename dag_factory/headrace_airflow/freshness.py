"""Compiled pipelines as they are now: what is stale is compiled in a process of its own, for Hydra is heavy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from headrace.errors import Diagnostic
from headrace.plan.cache import Compiled, compiled
from headrace.plan.fingerprint import Look
from headrace.project import Project

#: Seconds for compiling what changed while Airflow reads the file; Airflow allows 30 for all of it.
PARSE_LIMIT = 20.0
#: Seconds for compiling everything when a person asked and waits.
PATIENCE = 600.0


def up_to_date(project: Project, names: Sequence[str], limit: float = PARSE_LIMIT) -> list[Compiled]:
    """The pipelines as they are now, compiled where needed within `limit` seconds.

    What was not compiled in time, or by a compiler that broke down, has a diagnostic that says so.
    """
    look = Look()
    found = {name: compiled(project, name, look=look) for name in names}
    stale = [name for name, result in found.items() if result is None]
    if stale:
        problem = _compile(project, stale, limit)
        look = Look()
        found |= {name: compiled(project, name, look=look) or Compiled(name, None, (problem,)) for name in stale}
    return [result for result in found.values() if result is not None]


def _compile(project: Project, names: Sequence[str], limit: float) -> Diagnostic:
    """Compile them; the diagnostic is for those that are not compiled afterwards."""
    words = [sys.executable, "-m", "headrace", "compile", "--json", "--", *names]
    own = {"HEADRACE_PROJECT": str(project.root), "HEADRACE_HOME": str(project.home)}
    process = subprocess.Popen(
        words,
        cwd=project.root,
        env={**os.environ, **own},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return Diagnostic(
            "HR700",
            f"the pipelines could not all be compiled within {limit:.0f} s",
            remedy="they are compiled bit by bit each time Airflow reads the file; `headrace compile` does it now",
        )
    finally:
        _end(process)
    said = errors.decode(errors="replace").strip().splitlines()
    cause = "\n".join(said[-3:]) or f"exit code {process.returncode}"
    return Diagnostic("HR700", f"compiling failed: {cause}", remedy="run `headrace compile` to see more")


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
