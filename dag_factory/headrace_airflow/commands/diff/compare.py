"""Two specifications of a DAG -> what differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from headrace.change.schedules import schedule_change
from headrace.change.showing import ABSENT, shown
from headrace.change.sides import Side
from headrace.errors import ConfigError, Diagnostic
from headrace.plan.cache import Compiled
from headrace.plan.model import Plan
from headrace_airflow.commands.diff.document import DagChange, FieldChange, State, TaskChange
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import SUMMARY, DagSpec, OperatorTask, TaskSpec, to_json
from headrace_airflow.spec.summary import summarised

#: What is told by other means: the plan by its digest, tasks one by one, times as runs; documentation follows the plan.
_ELSEWHERE = ("dag_id", "pipeline", "plan", "tasks", "doc_md")
#: Of the schedule's part, what decides when runs start is told as runs.
_TIMING = ("cron", "crons", "every", "continuous", "once", "timezone", "start", "end", "catchup", "blackout")


def dag_change(side: Side, now: datetime) -> DagChange | None:
    """How a pipeline's DAG differs; None if it does not. Next runs are counted from `now` (aware)."""
    before, _ = _specification(side.before)
    after, problems = _specification(side.after)
    if side.after is not None and after is None:
        state: State = "broken" if side.before is not None and before is None else "breaks"
        return DagChange(side.name, state, plan_before=before.plan if before else None, diagnostics=problems)
    if before == after:
        return None
    state = _state(side, before, after)
    return DagChange(
        side.name,
        state,
        plan_before=before.plan if before else None,
        plan_after=after.plan if after else None,
        fields=tuple(_fields(before, after)) if before and after else (),
        tasks=tuple(_tasks(before, after)),
        edges_added=_missing(_edges(after), _edges(before)),
        edges_removed=_missing(_edges(before), _edges(after)),
        schedule=None if state == "mended" else schedule_change(_plan(side.before), _plan(side.after), now),
    )


def _specification(compiled: Compiled | None) -> tuple[DagSpec | None, tuple[Diagnostic, ...]]:
    """The DAG that Airflow gets; none, with what is wrong, for one that does not compile."""
    if compiled is None:
        return None, ()
    try:
        return dag_spec(compiled.require()), ()
    except ConfigError as error:
        return None, error.diagnostics


def _plan(compiled: Compiled | None) -> Plan | None:
    return compiled.plan if compiled is not None else None


def _state(side: Side, before: DagSpec | None, after: DagSpec | None) -> State:
    if after is None:
        return "removed"
    if before is None:
        return "added" if side.before is None else "mended"
    return "changed"


def _fields(before: DagSpec, after: DagSpec) -> Iterator[FieldChange]:
    old, new = (_flat(_own(spec)) for spec in (before, after))
    yield from _differing(old, new)


def _own(spec: DagSpec) -> dict[str, Any]:
    """The DAG's own fields, without those that are told otherwise."""
    document: dict[str, Any] = {key: value for key, value in to_json(spec).items() if key not in _ELSEWHERE}
    schedule = {key: value for key, value in document.pop("schedule", {}).items() if key not in _TIMING}
    return {**document, **({"schedule": schedule} if schedule else {})}


def _tasks(before: DagSpec | None, after: DagSpec | None) -> Iterator[TaskChange]:
    old, new = _told(before), _told(after)
    for name in new:
        if name not in old:
            yield TaskChange(name, "added")
        elif fields := tuple(_differing(_flat(old[name]), _flat(new[name]))):
            yield TaskChange(name, "changed", fields)
    for name in old:
        if name not in new:
            yield TaskChange(name, "removed")


def _told(spec: DagSpec | None) -> dict[str, dict[str, Any]]:
    """Task -> what it is told, without its name, its edges and its page, which follows the plan."""
    if spec is None:
        return {}
    summary: dict[str, dict[str, Any]] = {SUMMARY: {}} if summarised(spec) else {}
    return {**{task.task_id: _arguments(task) for task in spec.tasks}, **summary}


def _arguments(task: TaskSpec) -> dict[str, Any]:
    plain: TaskSpec = task._replace(options=task.options._replace(doc_md=None))
    if isinstance(plain, OperatorTask):
        plain = plain._replace(usual=plain.usual._replace(doc_md=None))
    document = to_json(plain)
    return {key: value for key, value in document.items() if key not in ("task_id", "upstream")}


def _edges(spec: DagSpec | None) -> list[tuple[str, str]]:
    if spec is None:
        return []
    edges = [(before, task.task_id) for task in spec.tasks for before in task.upstream]
    return [*edges, *((before, SUMMARY) for before in summarised(spec))]


def _missing(edges: list[tuple[str, str]], others: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    known = set(others)
    return tuple(edge for edge in edges if edge not in known)


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Every value by its dotted path; lists stay whole."""
    if not isinstance(value, Mapping) or (path and not value):
        return {path: value}
    found: dict[str, Any] = {}
    for key, item in value.items():
        found |= _flat(item, f"{path}.{key}" if path else str(key))
    return found


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    for path in dict.fromkeys([*old, *new]):
        before, after = old.get(path, ABSENT), new.get(path, ABSENT)
        if before != after:
            yield FieldChange(path, shown(path, before), shown(path, after))
