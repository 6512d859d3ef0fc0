"""The groups that stages are shown in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def group_of(stages: Sequence[Stage]) -> str | None:
    """The group of a task that runs these stages; none where they belong to several."""
    groups = {_GROUPS.get(stage.type) for stage in stages}
    return groups.pop() if len(groups) == 1 else None


def group_around(name: str, upstream: Upstream, groups: Mapping[str, str]) -> str | None:
    """The group that a task stands in the middle of: outside of it, Airflow's graph would have to lead back.

    `groups`: task -> its group. None where no group has tasks both before and after this one.
    """
    before = {groups[task] for task in ancestors(name, upstream) if task in groups}
    after = (group for task, group in groups.items() if name in ancestors(task, upstream))
    return next((group for group in after if group in before), None)
