"""Which task comes before which: names that are there, and no circle."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from headrace.config.nearest import nearest, suggestion
from headrace.operators.circles import Edges, behind, boxed, circle
from headrace.operators.edges import edges_of
from headrace.operators.presence import Tasks
from headrace.operators.problem import Problem
from headrace.operators.references import references
from headrace.operators.roles import role_problems
from headrace.plan.members import is_open
from headrace.plan.model import Plan


def order_problems(plan: Plan, tasks: Tasks) -> Iterator[Problem]:
    """What is wrong with the names and edges of the added tasks."""
    stages = {stage.name: stage.upstream for stage in plan.stages}
    yield from _names(stages, tasks, _MADE_FOR_MEMBERS if is_open(plan.spec) else ())
    unknown = list(_unknown({*stages, *tasks}, tasks))
    yield from unknown
    if unknown:
        return
    edges = edges_of(plan, tasks)
    if found := circle(edges):
        at = next((name for name in found if name in tasks), "")
        message = f"these wait for one another: {' → '.join([*found, found[0]])}"
        yield Problem("HR358", message, f"tasks.{at}", "delete a `before` or an `after`")
        return
    yield from _boxes(edges, tasks)
    yield from _between_members(plan, edges, tasks)
    yield from role_problems(plan, edges, tasks)


def _boxes(edges: Edges, tasks: Tasks) -> Iterator[Problem]:
    boxes = {name: task["group"] for name, task in tasks.items() if task["group"]}
    found = circle(boxed(edges, boxes))
    if found:
        at, box = next((name, group) for name, group in boxes.items() if group in found)
        others = ", ".join(name for name in found if name != box)
        message = f"the group `{box}` would come both before and after {others}"
        remedy = "write two groups: Airflow cannot draw one on both sides"
        yield Problem("HR358", message, f"tasks.{at}.group", remedy)


def _between_members(plan: Plan, edges: Edges, tasks: Tasks) -> Iterator[Problem]:
    """One task for all members cannot stand between what each of them does for itself."""
    if not is_open(plan.spec):
        return
    from headrace.plan.holes import shared_stages  # the schema's rules: only for plans that have holes

    own = {stage.name for stage in plan.stages} - set(shared_stages(plan))
    for name in tasks:
        if name in behind(edges, own) and not own.isdisjoint(behind(edges, [name])):
            message = f"`{name}` would come between stages that each member of `for_each` has for itself"
            yield Problem("HR366", message, f"tasks.{name}", BETWEEN_MEMBERS)


def _names(stages: Mapping[str, tuple[str, ...]], tasks: Tasks, made: Collection[str]) -> Iterator[Problem]:
    named = [(name, f"tasks.{name}") for name in tasks]
    named += [(task["group"], f"tasks.{name}.group") for name, task in tasks.items() if task["group"] is not None]
    for name, key in named:
        if not _NAME.fullmatch(name):
            remedy = "letters, digits, `_` and `-`, at most 200"
            yield Problem("HR359", f"`{name[:80]}` is no name that Airflow takes", key, remedy)
    for name in tasks:
        if name in stages:
            yield Problem("HR359", f"`{name}` is a stage of this pipeline", f"tasks.{name}", "choose another name")
    for name, key in named:
        if name in made:
            yield Problem("HR359", f"`{name}` is made for the members of `for_each`", key, "choose another name")
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


#: A dot would divide the path at which diagnostics look for a value.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}")
#: The task and the group that a pipeline of many models has besides its stages.
_MADE_FOR_MEMBERS = ("summary", "members")
BETWEEN_MEMBERS = "let it come before or after all that is the members' own"
