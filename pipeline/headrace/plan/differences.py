"""What two plans of a pipeline have that differs: how an environment changes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from headrace.plan.model import Plan
from headrace.plan.values import shown


@dataclass(frozen=True, slots=True)
class Side:
    """A value of one plan."""

    value: Any
    place: str | None
    """None: the schema's default."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A key whose value differs; a side is None where the plan has no such key."""

    key: str
    before: Side | None
    after: Side | None

    def to_json(self) -> dict[str, Any]:
        """Both sides, as JSON."""
        return {"key": self.key, "before": _side_json(self.before), "after": _side_json(self.after)}


def differences(before: Plan, after: Plan, below: str = "") -> tuple[Difference, ...]:
    """The outermost keys below a dotted path whose values are not the same in both plans."""
    return tuple(
        Difference(key, _side(before, key, old), _side(after, key, new))
        for key, old, new in unequal(before.spec, after.spec)
        if not below or f"{key}.".startswith(f"{below}.") or f"{below}.".startswith(f"{key}.")
    )


class Absent:
    """Stands for what one side does not have: null is a value."""


def unequal(old: Any, new: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The outermost keys at which two values part; lists of different lengths differ as a whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping) and (old and new):
        for name in dict.fromkeys([*old, *new]):
            inner = f"{key}.{name}" if key else str(name)
            yield from unequal(old.get(name, Absent), new.get(name, Absent), inner)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from unequal(one, other, f"{key}.{index}")
    elif old != new:
        yield key, old, new


def _side(plan: Plan, key: str, value: Any) -> Side | None:
    place = plan.places.get(key)
    return None if value is Absent else Side(value, shown(place) if place else None)


def _side_json(side: Side | None) -> dict[str, Any] | None:
    return {"value": side.value, "written": side.place} if side else None
