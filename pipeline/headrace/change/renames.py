"""Pipelines and option files that only have another name now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headrace.change.sides import Side
from headrace.plan.model import Plan, canonical
from headrace.plan.values import values_of

#: Share of equal values from which a pipeline that went and one that came are the same one.
_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class Renamed:
    """A pipeline under its new name."""

    old: Side
    new: Side
    likeness: float


def renamed(sides: Sequence[Side]) -> tuple[Renamed, ...]:
    """Pairs of a pipeline that is gone and one that is new with nearly the same values; the most alike first."""
    gone = [side for side in sides if side.after is None and side.before and side.before.plan]
    come = [side for side in sides if side.before is None and side.after and side.after.plan]
    pairs = sorted(
        (Renamed(old, new, _likeness(old, new)) for old in gone for new in come),
        key=lambda pair: (-pair.likeness, pair.old.name, pair.new.name),
    )
    found: list[Renamed] = []
    for pair in pairs:
        taken = {side.name for other in found for side in (other.old, other.new)}
        if pair.likeness >= _ALIKE and not taken & {pair.old.name, pair.new.name}:
            found.append(pair)
    return tuple(found)


def renamed_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
    """Old and new name of option files whose content moved as it was. Both sides hold what the other lacks."""
    waiting = dict(sorted(after.items()))
    found = []
    for name, content in sorted(before.items()):
        match = next((new for new, text in waiting.items() if text == content and content.strip()), None)
        if match is not None:
            del waiting[match]
            found.append((name, match))
    return tuple(found)


def _likeness(old: Side, new: Side) -> float:
    assert old.before is not None
    assert new.after is not None
    before, after = _leaves(old.before.plan), _leaves(new.after.plan)
    return len(before & after) / max(1, len(before | after))


def _leaves(plan: Plan | None) -> frozenset[tuple[str, bytes]]:
    """What somebody wrote: the schema's defaults, of which there are many, make no two pipelines alike."""
    assert plan is not None
    found = ((value.key.split("."), value) for value in values_of(plan) if value.place is not None)
    return frozenset(
        (".".join("[]" if part.isdigit() else part for part in parts), canonical(value.value))
        for parts, value in found
        if parts[0] not in ("name", "description")
    )
