"""Compiled pipelines as they are now: what is stale is compiled in a process of its own, for Hydra is heavy."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace

from headrace.errors import Diagnostic
from headrace.plan.cache import Compiled, compiled
from headrace.plan.fingerprint import Look
from headrace.project import Project
from headrace_airflow.spec.job import compiling
from headrace_airflow.spec.kept import KeptSpec, keep, read_kept

#: Seconds that Airflow, which reads the file, waits for what changed to be compiled; it allows 30 for all of it.
PARSE_LIMIT = 10.0
#: Seconds after which a compilation that nobody waits for any more is ended.
COMPILE_LIMIT = 600
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
    """Why a pipeline is not compiled."""
    job = compiling(project)
    remedy = "`headrace compile` does it now and says more"
    if not os.access(job.folder, os.W_OK):
        remedy = "make it writable, set HEADRACE_HOME, or deploy a folder that `headrace dags build` has written"
    return Diagnostic("HR700", job.problem, remedy=remedy)


def _compile_once(project: Project, names: Sequence[str], deadline: float, *, insist: bool = False) -> None:
    """Have what is not current compiled by one process, whoever asks meanwhile."""

    def undone() -> list[str]:
        stale = list(names) if insist else _read(project, names)[1]
        return [str(COMPILE_LIMIT), *stale] if stale else []

    compiling(project).run_once(undone, deadline, insist=insist)
