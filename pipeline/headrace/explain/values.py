"""A pipeline's values, explained: what each is, who wrote it, over what, and what the schema says of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headrace.config.nearest import suggestion
from headrace.errors import UsageError
from headrace.explain.meaning import Meaning, meaning
from headrace.explain.parameters import PREFIX, parameter_meaning
from headrace.plan.model import How, Plan, Writing
from headrace.plan.values import Value, left_out, shown, values_of

_REFERENCE = re.compile(r"\$\{\s*([^:{}]+?)\s*\}")
_VARIABLE = re.compile(r"\$\{\s*env:\s*([A-Za-z_]\w*)")
_INDEX = re.compile(r"\[(\d+)\]")
_QUERY = "dataset.transform.query"


@dataclass(frozen=True, slots=True)
class Step:
    """One writing on the way to the value."""

    how: How
    text: str
    place: str
    key: str
    """The path that was written: the value's own, or that of a list or mapping around it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """A value with everything that is known of it."""

    key: str
    value: Any
    place: str | None
    """None: nobody wrote it."""
    origin: str
    """In words, where the place alone does not say it."""
    steps: tuple[Step, ...]
    """The latest first."""
    meaning: Meaning
    is_left_out: bool = False

    def to_json(self) -> dict[str, Any]:
        """Everything, flat."""
        return {
            "key": self.key,
            "value": self.value,
            "written": self.place,
            "origin": self.origin,
            "left_out": self.is_left_out,
            "steps": [
                {"how": step.how, "key": step.key, "written": step.place, "text": step.text, "note": step.note}
                for step in self.steps
            ],
            "meaning": self.meaning.text,
            "allowed": self.meaning.allowed,
            "unit": self.meaning.unit,
            "default": self.meaning.default,
            "has_default": self.meaning.has_default,
        }


class UnknownKeyError(UsageError):
    """A key that the pipeline's configuration does not have."""

    code = "HR201"


def explain(plan: Plan, cache: Path, key: str = "") -> tuple[Explained, ...]:
    """Every value below a dotted path (all without one), what was left out there last.

    `cache` is the folder of the estimator index. UnknownKeyError, with what may be meant, for a path that is not there.
    """
    wanted = dotted(key)
    values = values_of(plan)
    found = [_explained(plan, item, cache) for item in values if _is_below(item.key, wanted)]
    found += [_lost(path, history) for path, history in left_out(plan).items() if _is_below(path, wanted)]
    if not found:
        raise _unknown(plan, values, wanted)
    return tuple(found)


def dotted(key: str) -> str:
    """`gates[0].min` as it is written here: `gates.0.min`."""
    return _INDEX.sub(r".\1", key).strip(".")


def _is_below(key: str, wanted: str) -> bool:
    return not wanted or key == wanted or key.startswith(f"{wanted}.")


def _unknown(plan: Plan, values: tuple[Value, ...], wanted: str) -> UnknownKeyError:
    paths = {".".join(parts[:end]) for item in values if (parts := item.key.split(".")) for end in range(1, 9)}
    for item in values:
        if wanted.startswith(f"{item.key}.") and item.value is None:
            where = f", at {item.place}" if item.place else ""
            remedy = f"see `headrace explain {plan.pipeline} {item.key}`"
            return UnknownKeyError(f"{plan.pipeline} has no `{wanted}`: `{item.key}` is null{where}", remedy=remedy)
    parent = wanted.rpartition(".")[0]
    beside = [path for path in paths if path.rpartition(".")[0] == parent]
    close = suggestion(wanted, paths, list_them=False)
    listed = f"below `{parent}` are {', '.join(sorted(path.rpartition('.')[2] for path in beside))}" if parent else ""
    tops = "" if parent else f"the parts are {', '.join(path for path in plan.spec)}"
    remedy = " ".join(part for part in (close, listed if beside else "", tops) if part)
    return UnknownKeyError(f"{plan.pipeline} has no `{wanted}`", remedy=remedy)


def _explained(plan: Plan, item: Value, cache: Path) -> Explained:
    said = _meaning(plan, item.key, cache)
    return Explained(
        key=item.key,
        value=item.value,
        place=shown(item.place) if item.place else None,
        origin=_origin(item),
        steps=tuple(_steps(plan, item)),
        meaning=said,
    )


def _meaning(plan: Plan, key: str, cache: Path) -> Meaning:
    if key.startswith(PREFIX):
        return parameter_meaning(key, plan.spec, cache)
    return meaning(key, plan.spec)


def _origin(item: Value) -> str:
    if item.key == "name":
        return "the name of the pipeline's file"
    if item.place is None:
        return "the schema's default"
    return "the text of the SQL file" if item.key == _QUERY and item.place.file.endswith(".sql") else ""


def _steps(plan: Plan, item: Value) -> Iterator[Step]:
    for writing in item.history:
        yield _step(plan, item.key, writing)
    parent = item.key.rpartition(".")[0]
    while parent:  # a list replaces a list as a whole, and an interpolation brings in a whole mapping
        for writing in plan.history.get(parent, ()):
            yield _step(plan, parent, writing)
        parent = parent.rpartition(".")[0]


def _step(plan: Plan, key: str, writing: Writing) -> Step:
    note = _source(plan, key, writing.text) if writing.how == "written" else ""
    return Step(writing.how, writing.text, shown(writing.place), key, note)


def _source(plan: Plan, key: str, text: str) -> str:
    """Whose value an interpolation brought in."""
    notes = [
        f"the environment variable {name}" if name in os.environ else f"{name} is not set: the default"
        for name in _VARIABLE.findall(text)
    ]
    for reference in _REFERENCE.findall(text):
        path = _absolute(key, reference)
        place = plan.place_of(path)
        notes.append(f"the value of {path}" + (f", at {shown(place)}" if place else ""))
    if "${secret:" in text:
        notes.append("looked up in the stage that uses it, and written nowhere")
    return "; ".join(notes)


def _absolute(key: str, reference: str) -> str:
    """`${.x}` and `${..x}` count from the value's own mapping outwards."""
    dots = len(reference) - len(reference.lstrip("."))
    base = key.split(".")[:-dots] if dots else []
    return ".".join([*base, reference.lstrip(".")])


def _lost(key: str, history: tuple[Writing, ...]) -> Explained:
    steps = tuple(Step(item.how, item.text, shown(item.place), key) for item in history)
    return Explained(key, None, None, "left out", steps, Meaning(), is_left_out=True)


def as_document(plan: Plan, found: tuple[Explained, ...]) -> Mapping[str, Any]:
    """The JSON document of `headrace explain`."""
    return {
        "pipeline": plan.pipeline,
        "plan": plan.digest,
        "environment": plan.environment,
        "overrides": list(plan.overrides),
        "values": [item.to_json() for item in found],
    }
