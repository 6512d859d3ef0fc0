"""`for_each`: the members of one plan, and the holes that each of them fills. Standard library only.

A hole is the text `${each:NAME}`. Where it is a whole value, the member's value takes its place with its type; within
a longer text, its spelling does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

#: The name that stands for a member as a whole.
MEMBER = "member"
#: The hole of that name: a plan whose `member` is this has holes.
OPEN = "${each:member}"
_HOLE = re.compile(r"\$\{each:([A-Za-z_][A-Za-z0-9_]*)\}")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the models that a pipeline makes."""

    label: str
    """Its name: part of run ids, file names and the registered model's name."""
    values: Mapping[str, Any]
    """What it puts into the holes, by their names."""


def is_open(spec: Mapping[str, Any]) -> bool:
    """Whether the configuration still has holes for a member's values."""
    return spec.get(MEMBER) == OPEN


def members(for_each: Any) -> tuple[Member, ...]:
    """The members that `for_each` (as JSON) declares, in its order; none without it."""
    if not for_each:
        return ()
    if isinstance(for_each, Mapping):
        combinations = (dict(zip(for_each, values, strict=True)) for values in product(*for_each.values()))
    else:
        combinations = (dict(entry) for entry in for_each)
    return tuple(Member(label(values), values) for values in combinations)


def label(values: Mapping[str, Any]) -> str:
    """The values in a row, as a file name: `UA`, or `UA_JFK`."""
    return _UNSAFE.sub("-", "_".join(_text(value) for value in values.values()))


def names(for_each: Any) -> tuple[str, ...]:
    """The names that `for_each` gives values to, each once."""
    entries: Sequence[Mapping[str, Any]] = [for_each] if isinstance(for_each, Mapping) else for_each or ()
    return tuple(dict.fromkeys(str(name) for entry in entries for name in entry))


def holes(value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Path, text and name of every hole below a value; one in a key is told with the path that it makes."""
    if isinstance(value, str):
        for name in _HOLE.findall(value):
            yield path, value, name
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, item in items:
        inner = f"{path}.{key}" if path else str(key)
        for name in _HOLE.findall(str(key)):
            yield inner, str(key), name
        yield from holes(item, inner)


def has_holes(value: Any) -> bool:
    """Whether a hole is anywhere below a value."""
    return next(holes(value), None) is not None


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """The value with its holes filled; a hole that `values` has no name for stays."""
    if isinstance(value, str):
        whole = _HOLE.fullmatch(value)
        if whole and whole[1] in values:
            return values[whole[1]]
        return _HOLE.sub(lambda hole: _text(values[hole[1]]) if hole[1] in values else hole[0], value)
    if isinstance(value, Mapping):
        return {key: filled(item, values) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, values) for item in value]
    return value


def narrowed(spec: Mapping[str, Any], member: Member) -> dict[str, Any]:
    """A configuration with holes as it is for one member: the only one that it is still for."""
    values = filled({key: part for key, part in spec.items() if key != "for_each"}, hole_values(member))
    return {**values, "for_each": [dict(member.values)], MEMBER: member.label}


def hole_values(member: Member) -> dict[str, Any]:
    """What the member puts into holes, its label among it."""
    return {**member.values, MEMBER: member.label}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
