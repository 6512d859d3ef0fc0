"""DagSpec -> what a picture of it shows: nodes in groups, edges, and one order to draw them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from headrace_airflow.spec.model import SUMMARY, DagSpec
from headrace_airflow.spec.summary import summarised

#: The rule that every task has unless it says otherwise: nobody needs to be told.
_USUAL_RULE = "all_success"
_USUAL_RUNTIME = "process"
#: It tells of members that failed, too.
_OF_SUMMARY = "all_done"


class Node(NamedTuple):
    """A task as it is drawn."""

    name: str
    """Id of the task, with the groups that it is in."""
    group: tuple[str, ...] = ()
    """Names of the groups that hold it, the outermost first."""
    notes: tuple[str, ...] = ()
    """What differs from other tasks: its trigger rule, what it runs, where."""

    @property
    def label(self) -> str:
        """Its name within its group."""
        prefix = ".".join(self.group) + "."
        return self.name.removeprefix(prefix) if self.group else self.name


class Graph(NamedTuple):
    """A DAG as it is drawn; the nodes are in an order in which they could run, a group's after one another."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    """(before, after), in the order of the nodes."""

    @property
    def upstream(self) -> Mapping[str, tuple[str, ...]]:
        """Node -> the nodes just before it."""
        before: dict[str, list[str]] = {node.name: [] for node in self.nodes}
        for first, second in self.edges:
            before[second].append(first)
        return {name: tuple(names) for name, names in before.items()}


def graph_of(spec: DagSpec) -> Graph:
    """The picture's content. A task's group is the one it names, else what stands before the last dot of its id."""
    nodes = {task.task_id: _node(task) for task in spec.tasks}
    upstream = {task.task_id: tuple(name for name in task.upstream if name in nodes) for task in spec.tasks}
    if members := summarised(spec):
        nodes[SUMMARY], upstream[SUMMARY] = Node(SUMMARY, notes=(_OF_SUMMARY,)), members
    ordered = tuple(nodes[name] for name in _ordered(nodes, upstream))
    edges = tuple((before, node.name) for node in ordered for before in upstream[node.name])
    return Graph(spec.dag_id, ordered, edges)


def _node(task: Any) -> Node:
    group = _held(task, "group") or task.task_id.rpartition(".")[0]
    return Node(task.task_id, tuple(group.split(".")) if group else (), tuple(_notes(task)))


def _notes(task: Any) -> Iterable[str]:
    rule = task.options.trigger_rule
    if rule and rule != _USUAL_RULE:
        yield rule
    stages = getattr(task, "stages", ())
    if len(stages) > 1:
        yield f"runs {', '.join(stages)}"
    called = _held(task, "operator") or _held(task, "function")
    if called:
        yield called.rpartition(".")[2]
    if _held(task, "expand") or _held(task, "expand_kwargs") or _held(task, "each"):
        yield "mapped"
    if role := _held(task, "role"):
        yield str(role)
    runtime = getattr(task, "runtime", None)
    if runtime is not None and runtime.type != _USUAL_RUNTIME:
        yield runtime.type


def _held(task: Any, name: str) -> Any:
    """A value of a task or of its options; not every kind of task has each."""
    return getattr(task, name, None) or getattr(task.options, name, None)


def _ordered(nodes: Mapping[str, Node], upstream: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names so that each comes after what is before it; groups and paths stay together where they can.

    What is in a circle comes last, in its own order: another check says so.
    """
    left = list(nodes)
    done: list[str] = []
    while left:
        placed = set(done)
        ready = [name for name in left if placed.issuperset(upstream[name])] or left[:1]
        last = done[-1] if done else ""
        chosen = min(ready, key=lambda name: (-_shared(nodes, last, name), last not in upstream[name]))
        done.append(chosen)
        left.remove(chosen)
    return done


def _shared(nodes: Mapping[str, Node], last: str, name: str) -> int:
    """How many groups two tasks have in common."""
    count = 0
    for one, other in zip(nodes[last].group if last else (), nodes[name].group, strict=False):
        if one != other:
            break
        count += 1
    return count
