"""The groups that stages are shown in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from headrace.plan.model import Stage
from headrace_airflow.spec.graph import Upstream, ancestors

#: Kind of stage -> its group.
_GROUPS = {
    "ingest": "data",
    "validate": "data",
    "transform": "data",
    "split": "data",
    "train": "model",
    "evaluate": "model",
    "gate": "release",
    "register": "release",
    "promote": "release",
    "track": "release",
}


def groups_of(tasks: Mapping[str, Sequence[Stage]], taken: Collection[str] = ()) -> dict[str, str]:
    """Task -> its group; none for a task whose stages belong to several.

    A group of one, or of all there is, would only stand in the way; and one whose name is `taken` makes room.
    """
    found: dict[str, str] = {}
    for name, stages in tasks.items():
        first, *others = {_GROUPS.get(stage.type) for stage in stages}
        if first is not None and not others:
            found[name] = first
    sizes = Counter(found.values())
    return {name: group for name, group in found.items() if 1 < sizes[group] < len(tasks) and group not in taken}


def group_around(name: str, upstream: Upstream, groups: Mapping[str, str]) -> str | None:
    """The group that a task stands in the middle of: outside of it, Airflow's graph would have to lead back.

    `groups`: task -> its group. None where no group has tasks both before and after this one.
    """
    before = {groups[task] for task in ancestors(name, upstream) if task in groups}
    after = (group for task, group in groups.items() if name in ancestors(task, upstream))
    return next((group for group in after if group in before), None)
