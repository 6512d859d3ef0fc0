"""Setups, teardowns and rules that do not fit what comes before and after them."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.operators.circles import Edges, before
from headrace.operators.edges import nodes_of
from headrace.operators.presence import Tasks
from headrace.operators.problem import Problem
from headrace.plan.model import Plan
from headrace.stages.table import kind_of

#: With this rule a task runs only when all before it have succeeded; with any other it may run regardless.
_PLAIN = "all_success"
#: Rules that ask for the end of something. Airflow asks a task that nothing comes before for nothing.
_NEEDS_ANOTHER = frozenset(
    {
        *("all_failed", "all_skipped", "all_done_min_one_success", "none_failed_min_one_success"),
        *("one_success", "one_failed", "one_done"),
    }
)


def role_problems(plan: Plan, edges: Edges, tasks: Tasks) -> Iterator[Problem]:
    """Setups before what runs without them, teardowns of nothing, and rules about what is not there."""
    regardless = {*_stages_regardless(plan, edges), *_tasks_regardless(tasks)}
    setups = {name for name, task in tasks.items() if task["role"] == "setup"}
    for name, task in tasks.items():
        after = sorted(other for other in regardless if name in edges[other])
        if name in setups and after:
            yield setup_problem(name, after)
        if task["role"] == "teardown" and setups.isdisjoint(before(edges, name)):
            message = f"`{name}` is a teardown, and no setup comes before it"
            remedy = "write `role: setup` at what it takes away and put that into `after`; or `trigger_rule: all_done`"
            yield Problem("HR367", message, f"tasks.{name}.role", f"{remedy} instead of the role", "warning")
        if task["trigger_rule"] in _NEEDS_ANOTHER and not edges[name]:
            message = f"nothing comes before `{name}`, so that it begins with the run, whatever its `trigger_rule` says"
            yield Problem("HR367", message, f"tasks.{name}.trigger_rule", "write `after`, or delete it", "warning")


def setup_problem(name: str, after: list[str]) -> Problem:
    """A setup right before what may run although it failed, which Airflow refuses."""
    message = f"`{name}` is a setup, and {', '.join(after)} may run though it failed"
    remedy = "let it come before tasks that need all before them to succeed"
    return Problem("HR363", message, f"tasks.{name}.role", remedy)


def _stages_regardless(plan: Plan, edges: Edges) -> Iterator[str]:
    """What runs also where a stage before it refused, as tracking does; the first of all has none before it."""
    node = nodes_of(plan)
    stages = set(node.values())
    for stage in plan.stages:
        if kind_of(stage.type).even_if_refused and not stages.isdisjoint(edges[node[stage.name]]):
            yield node[stage.name]


def _tasks_regardless(tasks: Tasks) -> Iterator[str]:
    return (name for name, task in tasks.items() if task["role"] != "teardown" and task["trigger_rule"] != _PLAIN)
