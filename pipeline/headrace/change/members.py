"""Which models a change of `for_each` adds and takes away: the stages that all share do not tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.plan.members import is_open, members
from headrace.plan.model import Plan

_SHOWN = 8


def member_notes(before: Plan | None, after: Plan | None) -> Iterator[str]:
    """What becomes of members that are only on one side."""
    old, new = _labels(before), _labels(after)
    name = next((plan.pipeline for plan in (after, before) if plan is not None), "")
    if come := [label for label in new if label not in old]:
        yield f"{name}: a model more for each of {_listed(come)}: the stages of its own run, what all share is reused"
    if gone := [label for label in old if label not in new]:
        yield f"{name}: no model any more for {_listed(gone)}: what is registered stays, and gets no new versions"


def _labels(plan: Plan | None) -> tuple[str, ...]:
    if plan is None or not is_open(plan.spec):
        return ()
    return tuple(member.label for member in members(plan.spec["for_each"]))


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(labels[:_SHOWN]) + (f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else "")
