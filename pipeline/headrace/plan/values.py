"""The values of a plan, each with the place where it was written and what else was written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from headrace.errors import Place
from headrace.plan.model import Plan, Writing


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is no mapping or list of values itself."""

    key: str
    """Dotted path."""
    value: Any
    place: Place | None
    """None: nobody wrote it, it is the schema's default."""
    history: tuple[Writing, ...] = ()
    """What else was written at its path, the latest first."""


def values_of(plan: Plan) -> tuple[Value, ...]:
    """Every value of the configuration, in the schema's order."""
    return tuple(
        Value(key, value, plan.places.get(key), plan.history.get(key, ())) for key, value in leaves(plan.spec) if key
    )


def leaves(values: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted path -> everything that is not a mapping or list with something in it."""
    if not values or not isinstance(values, Mapping | list | tuple):
        yield key, values
        return
    for name, item in values.items() if isinstance(values, Mapping) else enumerate(values):
        yield from leaves(item, f"{key}.{name}" if key else str(name))


def left_out(plan: Plan) -> dict[str, tuple[Writing, ...]]:
    """Dotted path -> what was written there, where nothing is there in the end."""
    held = {key for leaf, _ in leaves(plan.spec) for key in _prefixes(leaf)}
    return {key: history for key, history in plan.history.items() if key not in held}


def _prefixes(key: str) -> Iterator[str]:
    while key:
        yield key
        key = key.rpartition(".")[0]


def as_documents(values: Sequence[Value]) -> list[dict[str, Any]]:
    """The values as JSON. No place names a folder of this machine: what is outside the project has its name only."""
    return [
        {
            "key": item.key,
            "value": item.value,
            "written": item.place and shown(item.place),
            "history": [{"how": w.how, "written": shown(w.place), "text": w.text} for w in item.history],
        }
        for item in values
    ]


def shown(place: Place) -> str:
    """A place as text that means the same on every machine."""
    if PurePath(place.file).is_absolute():
        place = Place(PurePath(place.file).name, place.line, place.column)
    return str(place)
