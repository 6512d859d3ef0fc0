"""Which of the added tasks a plan has: those around a stage that it has not are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from headrace.operators.references import references, waits_for
from headrace.stages.table import STAGES

#: Stages that other pipelines have, or the same one in another environment.
_STAGES = frozenset({kind.type for kind in STAGES} | {"validate_table"})

#: Name -> the added task, as JSON.
Tasks = Mapping[str, Mapping[str, Any]]


def present(tasks: Tasks, stages: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """The tasks that have something to come before or after, with the names that mean something here.

    A pipeline may have no `promote` where it registers nothing: what comes after that has no place there. A name that
    is no stage of any pipeline stays, and is a mistake.
    """
    gone = set(_STAGES.difference(stages)) - {*tasks}
    while leaving := {name for name, task in tasks.items() if name not in gone and _has_no_place(task, gone)}:
        gone |= leaving
    return {
        name: {**task, **{key: [other for other in task[key] if other not in gone] for key in ("before", "after")}}
        for name, task in tasks.items()
        if name not in gone
    }


def _has_no_place(task: Mapping[str, Any], gone: Collection[str]) -> bool:
    edges = (waits_for(task), task["before"])
    lacks_result = any(found.kind == "from" and found.name in gone for _, found in references(task))
    return lacks_result or any(names and all(name in gone for name in names) for names in edges)
