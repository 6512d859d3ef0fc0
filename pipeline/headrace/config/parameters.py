"""`params`: which values whoever starts a run may choose, and what each of them takes, as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.config.schema import Spec
from headrace.config.schema.strict import Part

#: The parts of a pipeline that may be opened: what a model is made of and held against. Where data is read from, what
#: runs where and when, and whom it speaks to is for those who may change the files.
OPEN = (
    "dataset.where",
    "dataset.transform.parameters",
    "validation",
    "target.positive",
    "features",
    "split",
    "model.params",
    "model.preprocessing",
    "model.early_stopping",
    "metrics",
    "gates",
    "seed",
    "description",
)
_TYPES = (
    ("boolean", bool),
    ("integer", int),
    ("number", float),
    ("string", str),
    ("array", (list, tuple)),
    ("null", type(None)),
)
_NUMBERS = ("integer", "number")


def may_be_opened(path: str) -> bool:
    """Whether whoever starts a run may be let choose this value."""
    return any(path == part or path.startswith(f"{part}.") for part in OPEN)


def value_at(values: Any, path: str) -> Any:
    """The JSON value at a dotted path; KeyError if there is none. A key may have dots in it."""
    if not path:
        return values
    parts = path.split(".")
    if isinstance(values, Mapping):
        for end in range(len(parts), 0, -1):
            if (key := ".".join(parts[:end])) in values:
                return value_at(values[key], ".".join(parts[end:]))
    is_list = isinstance(values, list | tuple)
    if is_list and parts[0].isdigit() and int(parts[0]) < len(values):
        return value_at(values[int(parts[0])], ".".join(parts[1:]))
    raise KeyError(path)


def not_allowed(declared: Mapping[str, Any], value: Any) -> str:
    """Why a parameter may not have this value, as far as its own bounds and choices say; empty if it may."""
    low, high, choices = declared["min"], declared["max"], declared["choices"]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if choices is not None and not any(value == each and type(value) is type(each) for each in choices):
        return f"{value!r} is not one of {', '.join(map(str, choices))}"
    if (low is not None or high is not None) and not is_number:
        return f"{value!r} is not a number"
    if low is not None and value < low:
        return f"{value} is less than {low}"
    return f"{value} is more than {high}" if high is not None and value > high else ""


def type_of(value: Any) -> str:
    """JSON Schema's name for the type of a value."""
    return next((name for name, kind in _TYPES if isinstance(value, kind)), "object")


def schema_at(spec: Spec, path: str) -> dict[str, Any]:
    """JSON Schema of the value at a path, as the schema's part there declares it; empty where it says nothing."""
    held: Any = spec
    *above, last = path.split(".")
    for part in above:
        held = _below(held, part)
    if not isinstance(held, Part) or last not in type(held).model_fields:
        return {}
    document = type(held).model_json_schema()
    found: dict[str, Any] = document["properties"].get(last, {})
    return {} if "$ref" in str(found) else found


def form(schema: Mapping[str, Any], value: Any, declared: Mapping[str, Any]) -> dict[str, Any]:
    """What a form for one parameter is made of: one type (and null where that is taken), bounds, choices, words.

    A value that may be of several types keeps the type that it has in the YAML.
    """
    found = {**_narrowed(schema, value), "title": declared["title"], "description": declared["description"]}
    if declared["choices"] is not None:
        found["enum"] = list(declared["choices"])
    for bound, word in (("min", "minimum"), ("max", "maximum")):
        if declared[bound] is not None:
            found[word] = declared[bound]
    return {key: value for key, value in found.items() if value not in (None, "")}


def _narrowed(schema: Mapping[str, Any], value: Any) -> dict[str, Any]:
    kept = {key: item for key, item in schema.items() if key not in {"title", "description", "default", "anyOf"}}
    variants: Sequence[Mapping[str, Any]] = schema.get("anyOf", [schema])
    takes_null = any(variant.get("type") == "null" for variant in variants)
    wanted = type_of(value)
    fitting = [variant for variant in variants if _is_for(variant, wanted)]
    chosen = dict(fitting[0]) if fitting else {**kept, "type": wanted}
    chosen = {key: item for key, item in chosen.items() if key not in {"title", "description", "default"}}
    kind = chosen.get("type")
    if takes_null and kind and kind != "null":
        chosen["type"] = [kind, "null"]
        if "enum" in chosen:
            chosen["enum"] = [*chosen["enum"], None]
    return chosen


def _is_for(variant: Mapping[str, Any], wanted: str) -> bool:
    """Whether a variant is the one that a value of that type is of; for null, the first that is not null."""
    kind = variant.get("type")
    if wanted == "null":
        return kind != "null"
    return kind == wanted or (wanted == "integer" and kind == "number")


def _below(held: Any, part: str) -> Any:
    if isinstance(held, Part):
        return getattr(held, part, None)
    if isinstance(held, Mapping):
        return held.get(part)
    return held[int(part)] if isinstance(held, tuple) and part.isdigit() and int(part) < len(held) else None
