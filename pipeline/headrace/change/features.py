"""What the model sees and learns: columns added, dropped or treated otherwise, and when scores are of another kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headrace.change.document import FeatureChange
from headrace.plan.model import Plan

_GROUPS = ("numeric", "categorical")


def feature_changes(before: Plan | None, after: Plan) -> tuple[FeatureChange, ...]:
    """Columns of the model that differ; nothing for a pipeline that is new."""
    if before is None or not before.spec["features"] or not after.spec["features"]:
        return ()
    return tuple(_changes(before.spec, after.spec))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FeatureChange]:
    old, new = _groups(before["features"]), _groups(after["features"])
    for column, group in new.items():
        if column not in old:
            yield FeatureChange(column, "added", group)
        elif old[column] != group:
            yield FeatureChange(column, "moved", f"{old[column]} → {group}")
    for column, group in old.items():
        if column not in new:
            yield FeatureChange(column, "dropped", group)
    yield from _types(before, after, {*old, *new})
    stayed = [column for column, group in old.items() if new.get(column) == group]
    if stayed != [column for column, group in new.items() if old.get(column) == group]:
        yield FeatureChange("", "order", "the same columns come in another order")


def _groups(features: Mapping[str, Any]) -> dict[str, str]:
    return {column: group for group in _GROUPS for column in features[group]}


def _types(before: Mapping[str, Any], after: Mapping[str, Any], columns: set[str]) -> Iterator[FeatureChange]:
    old, new = before["dataset"]["sources"], after["dataset"]["sources"]
    for name in new:
        was, now = old.get(name, {}).get("types", {}), new[name].get("types", {})
        for column in dict.fromkeys([*was, *now]):
            if name in old and column in columns and was.get(column) != now.get(column):
                detail = f"{was.get(column, 'inferred')} → {now.get(column, 'inferred')}"
                yield FeatureChange(column, "type", detail)


def incomparable(before: Plan | None, after: Plan) -> tuple[str, ...]:
    """Why scores from before the change and after it cannot be held against each other."""
    return tuple(_reasons(before.spec, after.spec)) if before is not None and before.spec["model"] else ()


def _reasons(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before["task"] != after["task"]:
        yield f"the task is {after['task']}, no longer {before['task']}"
    if before["target"] != after["target"]:
        yield "another target is predicted"
    if before["split"] != after["split"]:
        yield "the split is another one, so they are measured on other rows"
    if before["dataset"]["row_id"] != after["dataset"]["row_id"] and (after["split"] or {}).get("method") != "time":
        yield "the row id is another one, so rows fall into other parts"
