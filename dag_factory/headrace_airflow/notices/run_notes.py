"""A run's note: its plan, the git commit that it began with, and its MLflow run.

A task has no way to write a note. It leaves what it knows as an XCom, and when the run ends the scheduler, which calls
this, makes the note of it. Airflow logs whatever goes wrong here, and goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pluggy import HookimplMarker

hookimpl = HookimplMarker("airflow")
#: Keys of XComs: what the first tasks know of the run, and the address that the tracking stage knows.
BEGAN, MLFLOW = "headrace_run", "headrace_mlflow_run"
#: Airflow keeps no longer notes.
_LONGEST = 1_000
#: How notes begin that are not a person's.
_OURS = "Plan `"


@hookimpl
def on_dag_run_success(dag_run: Any, msg: str) -> None:
    """Airflow's call, in its scheduler, for a run that succeeded."""
    del msg
    _write(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: Any, msg: str) -> None:
    """Airflow's call, in its scheduler, for a run that failed."""
    del msg
    _write(dag_run)


def push_beginning(context: Mapping[str, Any], plan: str, root: Path) -> None:
    """Remember what the run began with. Failing to is no reason for a run to fail."""
    from headrace.run.world import git_state
    from headrace_airflow.runtimes.xcoms import unless_refused

    with unless_refused("what the run began with"):
        context["ti"].xcom_push(key=BEGAN, value={"plan": plan, **git_state(root)})


def note_text(began: Mapping[str, Any], mlflow_url: str = "") -> str:
    """The note, in Markdown."""
    lines = [f"{_OURS}{began['plan']}`"]
    if began.get("commit"):
        lines.append(f"Git commit `{began['commit']}`" + (", with changes of its own" if began.get("dirty") else ""))
    if mlflow_url:
        lines.append(f"[MLflow run](<{mlflow_url}>), [provenance](<{mlflow_url}/artifacts/provenance.json>)")
    return "\n\n".join(lines)[:_LONGEST]


def _write(dag_run: Any) -> None:
    """In the scheduler's own session; a run that is tested without a scheduler belongs to none."""
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is not None:
        _write_in(session, dag_run)
        return
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as own:
        _write_in(own, own.get(DagRun, dag_run.id))


def _write_in(session: Any, dag_run: Any) -> None:
    """Write the note of a run of ours, unless a person wrote one."""
    if dag_run is None or (dag_run.note and not dag_run.note.startswith(_OURS)):
        return
    began = _left(session, dag_run, BEGAN)
    if isinstance(began, Mapping) and began.get("plan"):
        dag_run.note = note_text(began, str(_left(session, dag_run, MLFLOW) or ""))


def _left(session: Any, dag_run: Any, key: str) -> Any:
    """What a task of the run left under this key; None if none did."""
    from airflow.models.xcom import XComModel

    found = session.scalars(
        XComModel.get_many(key=key, run_id=dag_run.run_id, dag_ids=dag_run.dag_id, limit=1).with_only_columns(
            XComModel.value
        )
    ).first()
    try:  # what was a text when it was pushed is not JSON any more
        return json.loads(found) if isinstance(found, str) else found
    except ValueError:
        return found
