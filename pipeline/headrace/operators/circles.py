"""Circles among things that wait for one another, and among the boxes that Airflow draws round them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

#: Name -> what it waits for.
Edges = Mapping[str, Collection[str]]


def circle(edges: Edges) -> list[str]:
    """One circle, in the order of the run, beginning with its first name in the alphabet; empty if there is none."""
    waiting = {name: edges.keys() & upstream for name, upstream in edges.items()}
    while free := [name for name, upstream in waiting.items() if not upstream]:
        for name in free:
            del waiting[name]
        for upstream in waiting.values():
            upstream.difference_update(free)
    if not waiting:
        return []
    path = [min(waiting)]
    while (before := min(waiting[path[-1]])) not in path:
        path.append(before)
    found = path[path.index(before) :][::-1]
    first = found.index(min(found))
    return found[first:] + found[:first]


def boxed(edges: Edges, boxes: Mapping[str, str]) -> dict[str, set[str]]:
    """The edges between boxes and what is in none (`boxes`: name -> its box), as Airflow puts a page in order.

    A box comes after all that its first tasks wait for. Where boxes close a circle, Airflow's pages of the DAG fail.
    """
    found: dict[str, set[str]] = {}
    for name, upstream in edges.items():
        box = boxes.get(name)
        is_inner = box is not None and any(boxes.get(other) == box for other in upstream)
        waits = found.setdefault(box or name, set())
        if not is_inner:
            waits.update(boxes.get(other) or other for other in upstream)
    return found


def before(edges: Edges, name: str) -> set[str]:
    """All that one waits for, directly or not."""
    found: set[str] = set()
    reached = {name}
    while reached:
        reached = {other for one in reached for other in edges[one]} - found
        found |= reached
    return found


def behind(edges: Edges, start: Collection[str]) -> set[str]:
    """All that waits for one of these, directly or not."""
    found: set[str] = set()
    reached = set(start)
    while reached:
        reached = {name for name, upstream in edges.items() if not reached.isdisjoint(upstream)} - found
        found |= reached
    return found
