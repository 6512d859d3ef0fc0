"""What the scheduler gets is the serialised DAG: it must have the same tasks and edges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.findings import Subject

if TYPE_CHECKING:
    from airflow.sdk import DAG
    from airflow.serialization.definitions.dag import SerializedDAG


def stored(dag: DAG) -> SerializedDAG | None:
    """The DAG as the scheduler reads it from the database; none if it cannot be stored, of which `problems` tells."""
    try:
        return _round_trip(dag)
    except Exception:  # noqa: BLE001 - `problems` says what
        return None


def problems(subject: Subject) -> Iterator[Diagnostic]:
    """What is lost or refused when the DAG is stored and read again, and groups that Airflow's pages cannot show."""
    dag, again = subject.dag, subject.stored
    if again is None:
        yield Diagnostic("HR712", f"{dag.dag_id} cannot be serialised: {_refusal(dag)}", subject.place("name"))
        return
    before, after = _edges(dag), _edges(again)
    lost = sorted(name for name in before if before[name] != after.get(name)) + sorted(set(after) - set(before))
    if lost:
        message = f"{dag.dag_id}: tasks or edges are lost when it is serialised: {', '.join(lost)}"
        yield Diagnostic("HR712", message, subject.place("name"))
    try:
        again.task_group.topological_sort()
    except ValueError:
        message = f"{dag.dag_id}: a group has tasks both before and after what is outside it"
        yield Diagnostic("HR712", message, subject.place("name"), "Airflow's pages fail on it: make two groups of it")


def _round_trip(dag: DAG) -> SerializedDAG:
    from airflow.serialization.serialized_objects import DagSerialization

    return DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))


def _refusal(dag: DAG) -> str:
    try:
        _round_trip(dag)
    except Exception as error:  # noqa: BLE001 - any failure here is what the check looks for
        return f"{type(error).__name__}: {error}"
    return "it was refused once, and not again"


def _edges(dag: DAG | SerializedDAG) -> dict[str, list[str]]:
    return {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}
