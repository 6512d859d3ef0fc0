"""Compiled pipelines as they are now: what is stale is compiled in a process of its own, for Hydra is heavy."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from headrace.errors import Diagnostic
from headrace.plan.cache import Compiled, compiled
from headrace.plan.fingerprint import Look
from headrace.project import Project
from headrace_airflow.spec import attempt
from headrace_airflow.spec.kept import KeptSpec, keep, read_kept

#: Seconds that Airflow, which reads the file, waits for what changed to be compiled; it allows 30 for all of it.
PARSE_LIMIT = 10.0
#: Seconds after which a compilation that nobody waits for any more is ended.
COMPILE_LIMIT = 600
_LOG_SIZE = 1_000_000
#: Seconds for compiling everything when a person asked and waits.
PATIENCE = 600.0


def up_to_date(project: Project, names: Sequence[str], limit: float = PATIENCE) -> list[Compiled]:
    """The pipelines as they are now, compiled where needed within `limit` seconds: for a person who waits.

    What was not compiled in time, or by a compiler that broke down, has a diagnostic that says so.
    """
    look = Look()
    found = {name: compiled(project, name, look=look) for name in names}
    _, stale = _read(project, names)
    if stale or None in found.values():
        _compile_once(project, names, time.monotonic() + limit, insist=True)
        look = Look()
        found = {name: compiled(project, name, look=look) for name in names}
    return [result or Compiled(name, None, (_not_compiled(project),)) for name, result in found.items()]


def specs_now(
    project: Project, names: Sequence[str], limit: float = PARSE_LIMIT, *, insist: bool = False
) -> list[KeptSpec]:
    """The pipelines' DAG specifications, compiled where needed.

    What changed is compiled once, whoever asks meanwhile, and goes on when nobody waits for it any more: after `limit`
    seconds the old specification serves, and says so. A pipeline that has none has a diagnostic. `insist`: a person
    waits, so a failure of just now keeps nobody from trying again.
    """
    kept, stale = _read(project, names)
    if stale:
        _compile_once(project, stale, time.monotonic() + limit, insist=insist)
        again, still = _read(project, stale)
        kept |= again
        kept |= {name: _old(project, name, kept[name]) for name in still}
    return [found for name in names if (found := kept[name]) is not None]


def _read(project: Project, names: Sequence[str]) -> tuple[dict[str, KeptSpec | None], list[str]]:
    """What is kept, and which of it is not current."""
    look = Look()
    kept = {name: read_kept(project, name) for name in names}
    stale = []
    for name, found in kept.items():
        if found is None or not found.is_current(look):
            stale.append(name)
        elif better := look.refreshed(found.made_of.files):
            facts = replace(found.made_of, files={**found.made_of.files, **better})
            keep(project, found._replace(made_of=facts))
    return kept, stale


def _old(project: Project, name: str, kept: KeptSpec | None) -> KeptSpec:
    """What serves until the pipeline is compiled."""
    problem = _not_compiled(project)
    if kept is None or kept.document is None:
        return KeptSpec(name, None, (problem,))
    return kept._replace(stale=problem.message)


def _not_compiled(project: Project) -> Diagnostic:
    """Why a pipeline is not compiled; the same words from one parse to the next, for Airflow shows them."""
    remedy = "`headrace compile` does it now and says more"
    tried = attempt.last(project)
    if not os.access(_folder(project), os.W_OK):
        message = f"it cannot be compiled here: {_folder(project)} cannot be written to"
        remedy = "make it writable, set HEADRACE_HOME, or deploy a folder that `headrace dags build` has written"
    elif tried is None:
        message = "it has changed and is not compiled yet"
    elif _is_compiling(project):
        message = f"it has changed and is being compiled since {tried.since}"
    else:
        message = f"it has changed and could not be compiled since {tried.since}: {_why(project, tried)}"
    return Diagnostic("HR700", message, remedy=remedy)


def _why(project: Project, tried: attempt.Attempt) -> str:
    """What the compiler said of its end, or what it wrote last."""
    if tried.was_told:
        return tried.why
    with suppress(OSError):
        lines = (_folder(project) / "compiling.log").read_text(errors="replace").strip().splitlines()
        return "; ".join([tried.why, *lines[-1:]])
    return tried.why


def _compile_once(project: Project, names: Sequence[str], deadline: float, *, insist: bool = False) -> None:
    """Start a compilation unless one is going on or failed lately, and wait for its end, until the deadline."""
    with _turn(project, deadline) as lock:
        if lock is None:
            return
        stale = list(names) if insist else _read(project, names)[1]
        tried = attempt.last(project)
        if not stale or (tried and not insist and not tried.is_worth_another(project)):
            return
        process = _start(project, stale, lock)
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.returncode = process.returncode or 0  # it goes on by itself; nobody asks for its end


def _start(project: Project, names: Sequence[str], lock: int) -> subprocess.Popen[bytes]:
    """The compiling process; it holds the lock until its end, and what it says is in a file of its own."""
    attempt.begin(project)
    words = [sys.executable, "-m", "headrace_airflow.spec.compiling", str(COMPILE_LIMIT), *names]
    log = _folder(project) / "compiling.log"
    _cut(log)
    with log.open("ab") as out:
        return subprocess.Popen(
            words,
            cwd=project.root,
            env={**os.environ, **_own(project)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            start_new_session=True,
        )


def _cut(log: Path) -> None:
    """Begin a log that has grown long anew."""
    with suppress(OSError):
        if log.stat().st_size > _LOG_SIZE:
            log.unlink()


@contextmanager
def _turn(project: Project, deadline: float) -> Iterator[int | None]:
    """The lock that one compilation holds at a time, as a descriptor; None if it is not free by the deadline.

    Closed at the end: it stays locked as long as a process that was started with it runs.
    """
    import fcntl

    path = _folder(project) / "compiling.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
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


def _is_compiling(project: Project) -> bool:
    with _turn(project, 0.0) as lock:
        return lock is None


def _folder(project: Project) -> Path:
    return project.home / "compiled" / "dags"


def _own(project: Project) -> Mapping[str, str]:
    return {"HEADRACE_PROJECT": str(project.root), "HEADRACE_HOME": str(project.home)}
