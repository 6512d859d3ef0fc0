"""What only shows once stages are tasks: names that these have taken, and places that added tasks cannot stand in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from headrace.operators.circles import behind, boxed, circle
from headrace.operators.order import BETWEEN_MEMBERS
from headrace.operators.presence import Tasks
from headrace.operators.problem import Problem
from headrace.operators.roles import setup_problem
from headrace_airflow.spec.graph import Upstream
from headrace_airflow.spec.model import MEMBERS, SUMMARY, StageTask


def name_problems(tasks: Tasks, stages: Sequence[StageTask]) -> Iterator[Problem]:
    """Added tasks and groups that are called like a task of the stages, and tasks that are called like a group."""
    own = {task.task_id: "task" for task in stages}
    groups = {task.group for task in stages if task.group}
    if any(task.each for task in stages):
        own[SUMMARY], groups = "task", {*groups, MEMBERS}
    for name, task in tasks.items():
        if name in own or name in groups:
            what = "task" if name in own else "group"
            yield Problem("HR359", f"`{name}` is a {what} of this pipeline", f"tasks.{name}", _OTHER)
        if task["group"] and (task["group"] in own or task["group"] == MEMBERS in groups):
            message = f"the group `{task['group']}` is called like a {own.get(task['group'], 'group')} of this pipeline"
            yield Problem("HR359", message, f"tasks.{name}.group", _OTHER)


def role_problems(tasks: Tasks, upstream: Upstream, persistent: Collection[str]) -> Iterator[Problem]:
    """Setups right before what may run without them: by `fuse: auto` a task may have a stage that does."""
    for name, task in tasks.items():
        after = [other for other in persistent if name in upstream[other] and not _is_teardown(tasks, other)]
        if task["role"] == "setup" and after:
            yield setup_problem(name, sorted(after))


def _is_teardown(tasks: Tasks, name: str) -> bool:
    return name in tasks and tasks[name]["role"] == "teardown"


def place_problems(tasks: Tasks, stages: Sequence[StageTask], upstream: Upstream) -> Iterator[Problem]:
    """Added tasks between what each member has for itself, and groups that Airflow could not draw."""
    each = {task.task_id for task in stages if task.each}
    for name in tasks:
        if name in behind(upstream, each) and not each.isdisjoint(behind(upstream, [name])):
            message = f"`{name}` would come between stages that each member of `for_each` has for itself"
            yield Problem("HR366", message, f"tasks.{name}", BETWEEN_MEMBERS)
    if circle(upstream):
        return
    boxes = {task.task_id: task.group for task in stages if task.group} | dict.fromkeys(each, MEMBERS)
    boxes |= {name: task["group"] for name, task in tasks.items() if task["group"]}
    if found := circle(boxed(upstream, boxes)):
        at = next(name for name in tasks if name in found or boxes.get(name) in found)
        box = tasks[at]["group"] or next(name for name in found if name in boxes.values())
        others = ", ".join(name for name in found if name != box)
        message = f"the group `{box}` would come both before and after {others}"
        remedy = "put what is between its tasks into it, or write two groups"
        yield Problem("HR358", message, f"tasks.{at}", remedy)


_OTHER = "choose another name"
