"""Which task comes before which: names that are there, and no circle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from headrace.config.nearest import nearest, suggestion
from headrace.operators.presence import Tasks
from headrace.operators.problem import Problem
from headrace.operators.references import references, waits_for
from headrace.plan.model import Plan


def order_problems(plan: Plan, tasks: Tasks) -> Iterator[Problem]:
    """What is wrong with the names and edges of the added tasks."""
    stages = {stage.name: stage.upstream for stage in plan.stages}
    yield from _names(stages, tasks)
    unknown = list(_unknown({*stages, *tasks}, tasks))
    yield from unknown
    if not unknown:
        yield from _circles(_edges(plan, tasks))


def _names(stages: Mapping[str, tuple[str, ...]], tasks: Tasks) -> Iterator[Problem]:
    named = [(name, f"tasks.{name}") for name in tasks]
    named += [(task["group"], f"tasks.{name}.group") for name, task in tasks.items() if task["group"]]
    for name, key in named:
        if not _NAME.fullmatch(name):
            remedy = "letters, digits, `_` and `-`, at most 200"
            yield Problem("HR359", f"`{name[:80]}` is no name that Airflow takes", key, remedy)
    for name in tasks:
        if name in stages:
            yield Problem("HR359", f"`{name}` is a stage of this pipeline", f"tasks.{name}", "choose another name")
    groups = {task["group"]: name for name, task in tasks.items() if task["group"]}
    for group, name in groups.items():
        if group in stages or group in tasks:
            message = f"the group `{group}` is called like a {'stage' if group in stages else 'task'}"
            yield Problem("HR359", message, f"tasks.{name}.group", "choose another name")


def _unknown(known: set[str], tasks: Tasks) -> Iterator[Problem]:
    for name, task in tasks.items():
        for key in ("before", "after"):
            for index, other in enumerate(task[key]):
                if other not in known:
                    message = f"there is no stage and no task `{other}`"
                    remedy = suggestion(other, known, list_them=not nearest(other, known))
                    yield Problem("HR357", message, f"tasks.{name}.{key}.{index}", remedy)
        for path, used in references(task):
            if used.kind == "from" and used.name not in tasks:
                what = "is a stage, which returns nothing to others" if used.name in known else "is no task"
                yield Problem("HR360", f"`{used.name}` {what}", f"tasks.{name}.{path}", suggestion(used.name, tasks))


def _edges(plan: Plan, tasks: Tasks) -> dict[str, set[str]]:
    """Name -> what it waits for; stages that Airflow runs as one task are one."""
    fused = {stage.name for stage in plan.stages} if plan.spec["runtime"].get("fuse") is True else set()
    edges: dict[str, set[str]] = {}
    for stage in plan.stages:
        edges.setdefault(_node(stage.name, fused), set()).update(_node(name, fused) for name in stage.upstream)
    for name, task in tasks.items():
        edges.setdefault(name, set()).update(_node(other, fused) for other in waits_for(task))
        for other in task["before"]:
            edges.setdefault(_node(other, fused), set()).add(name)
    for node in fused and {_FUSED}:
        edges[node].discard(node)
    return edges


#: A dot would divide the path at which diagnostics look for a value.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}")
_FUSED = "the stages, which `fuse` makes one"


def _node(name: str, fused: set[str]) -> str:
    return _FUSED if name in fused else name


def _circles(edges: Mapping[str, set[str]]) -> Iterator[Problem]:
    waiting = {name: set(upstream) for name, upstream in edges.items()}
    while free := [name for name, upstream in waiting.items() if not upstream]:
        for name in free:
            del waiting[name]
        for upstream in waiting.values():
            upstream.difference_update(free)
    if waiting:
        circle = _circle(waiting)
        at = next((name for name in circle if name != _FUSED), "")
        message = f"these wait for one another: {' → '.join([*circle, circle[0]])}"
        yield Problem("HR358", message, f"tasks.{at}", "delete a `before` or an `after`")


def _circle(waiting: Mapping[str, set[str]]) -> list[str]:
    """One circle, in the order of the run, beginning with its first name in the alphabet."""
    path = [min(waiting)]
    while (before := min(waiting[path[-1]])) not in path:
        path.append(before)
    circle = path[path.index(before) :][::-1]
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]
