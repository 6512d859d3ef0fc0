"""What the schema says of a value: its meaning, its default and what it may be.

Attribute docstrings are read from the schema's source when somebody asks, which imports need not pay for.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from headrace.config.known_paths import branches, is_model
from headrace.config.meanings import meanings
from headrace.config.schema.exceptional import is_exception
from headrace.config.schema.spec import Spec
from headrace.config.schema.strict import Duration

_PLAIN: Mapping[Any, str] = {
    bool: "true or false",
    int: "an integer",
    float: "a number",
    str: "text",
    date: "a date, YYYY-MM-DD",
    type(None): "null",
    Any: "anything",
}
_DURATION = get_args(Duration)[1]
_UNITS = "s, m, h, d or w"
_BOUNDS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of a value besides the value; empty texts where the schema says nothing."""

    text: str = ""
    allowed: str = ""
    unit: str = ""
    default: Any = None
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    owner: type[BaseModel]
    name: str
    field: FieldInfo


def meaning(key: str, spec: Mapping[str, Any]) -> Meaning:
    """The meaning of the value at a dotted path; nothing for a path that the schema leaves free."""
    found, annotation = _walk(key.split("."), spec)
    if found is None:
        listed = meaning(key.rpartition(".")[0], spec).text if annotation is not None and "." in key else ""
        return Meaning(listed, allowed=_allowed(annotation, ()) if annotation is not None else "")
    field = found.field
    written = meanings(found.owner).get(found.name)  # type: ignore[arg-type]
    default = field.get_default(call_default_factory=True, validated_data={})
    return Meaning(
        text=written.text if written else "",
        allowed=_allowed(field.annotation, field.metadata),
        unit=_UNITS if _is_duration(field.annotation, field.metadata) else written.unit if written else "",
        default=_plain(default),
        has_default=default is not PydanticUndefined and not is_exception(found.owner, found.name),
    )


def _walk(path: Sequence[str], values: Any) -> tuple[_Found | None, Any]:
    """The field that a path ends at, or the annotation of an item of a list or mapping."""
    annotation: Any = Spec
    found: _Found | None = None
    for name in path:
        found, annotation = _step(annotation, name, values)
        if annotation is None:
            return None, None
        values = _child(values, name)
    return found, annotation


def _step(annotation: Any, name: str, values: Any) -> tuple[_Found | None, Any]:
    for branch in _meant(annotation, values):
        if is_model(branch) and name in branch.model_fields:
            field = branch.model_fields[name]
            return _Found(branch, name, field), field.annotation
        if get_origin(branch) is dict:
            return None, get_args(branch)[1]
        if get_origin(branch) in (tuple, list):
            return None, get_args(branch)[0]
    return None, None


def _meant(annotation: Any, values: Any) -> list[Any]:
    """The alternatives of a union that have the keys which are there."""
    alternatives = list(branches(annotation))
    if not isinstance(values, Mapping):
        return alternatives
    return [b for b in alternatives if not is_model(b) or _fits(b, values)] or alternatives


def _fits(model: type[BaseModel], values: Mapping[str, Any]) -> bool:
    fields = model.model_fields
    if not set(values) <= set(fields):
        return False
    literal = (name for name, field in fields.items() if get_origin(field.annotation) is Literal)
    return all(values.get(name) in get_args(fields[name].annotation) for name in literal if name in values)


def _child(values: Any, name: str) -> Any:
    if isinstance(values, Mapping):
        return values.get(name)
    return values[int(name)] if isinstance(values, list) and name.isdigit() and int(name) < len(values) else None


def _is_duration(annotation: Any, metadata: Sequence[Any]) -> bool:
    inside = [item for branch in _annotated(annotation) for item in get_args(branch)[1:]]
    return _DURATION in (*metadata, *inside)


def _annotated(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield annotation
    elif get_origin(annotation) in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _annotated(branch)


def _allowed(annotation: Any, metadata: Sequence[Any]) -> str:
    """In words, as the diagnostics have them."""
    if _is_duration(annotation, metadata):
        optional = " or null" if type(None) in list(branches(annotation)) else ""
        return f"a duration: whole numbers with {_UNITS}, as in 30d or 1h30m{optional}"
    inner = [item for branch in _annotated(annotation) for item in get_args(branch)[1:]]
    bounds = _bounds([*metadata, *inner])
    words = dict.fromkeys(word for branch in branches(annotation) if (word := _word(branch, bounds)))
    if "a number" in words:
        words.pop("an integer", None)
    return " or ".join(words)


def _word(branch: Any, bounds: str) -> str:
    if get_origin(branch) is Literal:
        return f"one of {', '.join(map(str, get_args(branch)))}" if len(get_args(branch)) > 1 else get_args(branch)[0]
    if branch in (int, float):
        return _PLAIN[branch] + bounds
    if is_model(branch):
        return f"a mapping with {', '.join(branch.model_fields)}"
    if get_origin(branch) is dict:
        return "a mapping"
    if get_origin(branch) in (tuple, list):
        return "a list"
    return _PLAIN.get(branch, "")


def _bounds(metadata: Sequence[Any]) -> str:
    flat = [inner for item in metadata for inner in (item, *(getattr(item, "metadata", None) or ()))]
    found = [
        f"{sign} {getattr(item, name):g}"
        for name, sign in _BOUNDS
        for item in flat
        if isinstance(getattr(item, name, None), int | float)
    ]
    return f" {' and '.join(found)}" if found else ""


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return list(value) if isinstance(value, tuple) else None if value is PydanticUndefined else value
