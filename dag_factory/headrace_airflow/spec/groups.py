"""The groups that stages are shown in."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.plan.model import Stage

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
