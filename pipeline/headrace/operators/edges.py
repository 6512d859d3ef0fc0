"""What waits for what: stages and added tasks, where stages that Airflow runs as one task are one."""

from __future__ import annotations

from headrace.operators.presence import Tasks
from headrace.operators.references import waits_for
from headrace.plan.model import Plan


def edges_of(plan: Plan, tasks: Tasks) -> dict[str, set[str]]:
    """Name -> what it waits for."""
    node = nodes_of(plan)
    edges: dict[str, set[str]] = {}
    for stage in plan.stages:
        edges.setdefault(node[stage.name], set()).update(node[name] for name in stage.upstream)
    for name, task in tasks.items():
        edges.setdefault(name, set()).update(node.get(other, other) for other in waits_for(task))
        for other in task["before"]:
            edges.setdefault(node.get(other, other), set()).add(name)
    for name in set(node.values()) - node.keys():
        edges[name].discard(name)
    return edges


def nodes_of(plan: Plan) -> dict[str, str]:
    """Stage -> itself, or the stages that it shares a task with because somebody wrote so."""
    stages = [stage.name for stage in plan.stages]
    fuse = plan.spec["runtime"].get("fuse")
    node = {name: name for name in stages}
    if fuse is True:
        return dict.fromkeys(stages, "the stages, which `fuse` makes one")
    for group in fuse if isinstance(fuse, list | tuple) else ():
        here = [name for name in group if name in node]
        node |= dict.fromkeys(here, " + ".join(here))
    return node
