"""A project's pipelines as DAGs: what the file that Airflow scans calls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from airflow.sdk import DAG, get_parsing_context
from airflow.sdk.exceptions import AirflowTimetableInvalid

from headrace.errors import Diagnostic, HeadraceError
from headrace.plan.cache import Compiled, compiled
from headrace.plan.model import Plan
from headrace.project import Project, find_project
from headrace_airflow.build import build_dag, build_stand_in
from headrace_airflow.spec import dag_spec

#: Seconds for compiling what changed while Airflow reads the file; Airflow allows 30 for all of it.
PARSE_LIMIT = 20.0


def load_dags(file: str | Path) -> dict[str, DAG]:
    """Every pipeline of the project around `file` (or HEADRACE_PROJECT), as a DAG by its id.

    What is stale is compiled first, in a process of its own. A pipeline that is broken is a stand-in DAG which says
    so; it does not keep the others from being loaded. While a task runs, only its own pipeline is built.
    """
    project = find_project(None if os.environ.get("HEADRACE_PROJECT") else Path(file).parent)
    names = project.pipelines()
    wanted = get_parsing_context().dag_id
    if wanted in names:
        names = [wanted]
    dags = [_dag(result, project) for result in up_to_date(project, names)]
    return {dag.dag_id: dag for dag in dags}


def up_to_date(project: Project, names: Sequence[str], limit: float = PARSE_LIMIT) -> list[Compiled]:
    """The pipelines as they are now, compiled where needed within `limit` seconds.

    What was not compiled in time, or by a compiler that broke down, has a diagnostic that says so.
    """
    found = {name: compiled(project, name) for name in names}
    stale = [name for name, result in found.items() if result is None]
    if stale:
        problem = _compile(project, stale, limit)
        found |= {name: compiled(project, name) or Compiled(name, None, (problem,)) for name in stale}
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
    cause = said[-1] if said else f"exit code {process.returncode}"
    return Diagnostic("HR700", f"compiling failed: {cause}", remedy="run `headrace compile` to see more")


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _dag(result: Compiled, project: Project) -> DAG:
    if result.plan is None:
        return build_stand_in(result.name, result.diagnostics)
    try:
        return build_dag(dag_spec(result.plan), project)
    except HeadraceError as error:
        return build_stand_in(result.name, error.diagnostics)
    except AirflowTimetableInvalid as error:
        return build_stand_in(result.name, [_refused(result.plan, f"Airflow refuses the schedule: {error}", "schedule.cron")])
    except Exception as error:  # noqa: BLE001: whatever Airflow refuses, the other pipelines must load
        message = f"Airflow refuses this pipeline: {type(error).__name__}: {error}"
        return build_stand_in(result.name, [_refused(result.plan, message, "name")])


def _refused(plan: Plan, message: str, key: str) -> Diagnostic:
    return Diagnostic("HR144", message, plan.place_of(key), pipeline=plan.pipeline)
