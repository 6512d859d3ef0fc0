"""The pydantic models' own JSON Schema, told again for an editor.

References are written out, unions become conditions on what tells their members apart (so that a problem is said of
the right member), nothing is required where another file may give it, and meanings come from the docstrings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.config.meanings import Meaning, meanings, parts
from headrace.config.schema import Spec
from headrace.editor.words import INTERPOLATION, Schema, also, as_yaml, chosen, described, listed, mapping, typed, where

_RULES = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format", "minLength", "maxLength")
_SCALARS = ("string", "integer", "number", "boolean")


class Shapes:
    """The schema of each key of a pipeline, as an editor takes it."""

    def __init__(self) -> None:
        written = Spec.model_json_schema()
        self._definitions: Mapping[str, Any] = written["$defs"]
        self._spec: Mapping[str, Any] = written
        self._parts = parts()

    def keys(self) -> dict[str, Schema]:
        """The top-level keys of a pipeline."""
        return self._properties(self._spec, self._parts["Spec"], whole=False)

    def _properties(self, written: Mapping[str, Any], part: type[Any], *, whole: bool) -> dict[str, Schema]:
        told = meanings(part)
        return {
            name: _described(self._shape(field, whole=whole), name, told.get(name), field)
            for name, field in written["properties"].items()
        }

    def _shape(self, written: Mapping[str, Any], *, whole: bool) -> Schema:
        """`whole`: nothing else adds to the value, as to an item of a list, so what is required must be there."""
        if "$ref" in written:
            return self._object(written["$ref"].rpartition("/")[2], whole=whole)
        if "oneOf" in written:
            return self._alternatives(written, whole=whole)
        if "anyOf" in written:
            return self._nullable(written["anyOf"], whole=whole)
        return self._plain(written, whole=whole)

    def _plain(self, written: Mapping[str, Any], *, whole: bool) -> Schema:
        kind = written.get("type")
        if "enum" in written or "const" in written:
            return chosen(written.get("enum", [written.get("const")]))
        if kind == "array":
            return listed(self._shape(written.get("items", {}), whole=True))
        if kind == "object":
            values = written.get("additionalProperties", True)
            inside = self._shape(values, whole=whole) if isinstance(values, dict) else values
            return typed(["object"], additionalProperties=inside)
        return _scalar([written]) if kind else {}

    def _object(self, name: str, *, whole: bool) -> Schema:
        written = self._definitions[name]
        required = {"required": written["required"]} if whole and "required" in written else {}
        return mapping(
            self._properties(written, self._parts[name], whole=whole),
            **described(written.get("description", "")),
            **required,
        )

    def _nullable(self, members: Sequence[Mapping[str, Any]], *, whole: bool) -> Schema:
        """A union with null, or of scalars, or of one mapping or list and scalars."""
        plain = [member for member in members if member.get("type") in (*_SCALARS, "null")]
        plain = [member for member in plain if "enum" not in member]
        others = [member for member in members if member not in plain]
        if not others:
            return _scalar(plain)
        if len(others) > 1:
            return self._any_of([*others, *plain], whole=whole)
        shape = self._shape(others[0], whole=whole)
        if "type" not in shape:  # a choice: other scalars are further ones
            kinds = [member["type"] for member in plain]
            return {**shape, "anyOf": [*shape["anyOf"], *({"type": kind} for kind in kinds)]}
        return also(shape, [member["type"] for member in plain])

    def _alternatives(self, written: Mapping[str, Any], *, whole: bool) -> Schema:
        """Mappings of several kinds: all keys that tell them apart, and each kind's own under its condition."""
        if "discriminator" not in written:
            members = [member.get("$ref", "").rpartition("/")[2] for member in written["oneOf"]]
            key = self._telling_key(members)
            return self._told_by_key(members, key, whole=whole) if key else self._any_of(written["oneOf"], whole=whole)
        key = written["discriminator"]["propertyName"]
        names = {value: ref.rpartition("/")[2] for value, ref in written["discriminator"]["mapping"].items()}
        kinds = {value: self._object(name, whole=whole) for value, name in names.items()}
        lines = [f"`{value}`: {kind['description']}" for value, kind in kinds.items()]
        choice = chosen(names, **described("\n\n".join(lines)), title=_title(key))
        required = {"required": [key]} if whole else {}
        return typed(
            ["object"],
            properties={key: choice},
            allOf=[where(key, value, kind) for value, kind in kinds.items()],
            **required,
        )

    def _any_of(self, members: Sequence[Mapping[str, Any]], *, whole: bool) -> Schema:
        return {"anyOf": [*(self._shape(member, whole=whole) for member in members), INTERPOLATION]}

    def _telling_key(self, names: Sequence[str]) -> str | None:
        """The key that the second of two kinds requires and the first does not know."""
        if len(names) != 2 or not set(names) <= set(self._definitions):
            return None
        known = self._definitions[names[0]]["properties"]
        return next((key for key in self._definitions[names[1]].get("required", ()) if key not in known), None)

    def _told_by_key(self, names: Sequence[str], key: str, *, whole: bool) -> Schema:
        plain, special = names
        first, second = self._object(plain, whole=whole), self._object(special, whole=whole)
        # Both kinds' keys are offered until it is clear which one it is; the first kind's condition names no key.
        return typed(
            ["object"],
            properties={key: second["properties"][key], **first["properties"]},
            **({"required": first["required"]} if "required" in first else {}),
            allOf=[{"if": {"required": [key]}, "then": second, "else": first}],
        )


def _scalar(members: Sequence[Mapping[str, Any]]) -> Schema:
    """A scalar of one of several types; rules are about one of them."""
    rules = {rule: member[rule] for member in members for rule in _RULES if rule in member}
    kinds = [member["type"] for member in members]
    if "integer" in kinds and "number" in kinds:
        kinds.remove("integer")
    pattern = next((member["pattern"] for member in members if "pattern" in member), None)
    if pattern is None and "format" not in rules:
        return typed(kinds, **rules)
    told = next((member["description"] for member in members if "description" in member), "")
    message = {"errorMessage": f"Expected {told}.", "patternErrorMessage": f"Expected {told}."} if told else {}
    strict: Schema = {"type": kinds, **({"pattern": pattern} if pattern else {}), **message, **rules}
    return {"anyOf": [strict, INTERPOLATION]}


def _described(shape: Schema, name: str, meaning: Meaning | None, field: Mapping[str, Any]) -> Schema:
    """The shape with a title, the meaning of its key, its unit and its default, and examples."""
    if meaning is None:
        return _titled(shape, _title(name))
    default = field.get("default")
    has_default = default not in (None, [], {}, "") and not isinstance(default, dict)
    lines = [
        meaning.text,
        f"Unit: {meaning.unit}." if meaning.unit else "",
        f"Default: `{as_yaml(default)}`." if has_default else "",
    ]
    shown = described("\n\n".join(line for line in lines if line))
    if has_default:
        shown["default"] = default
    if meaning.examples:
        shown["examples"] = list(meaning.example_values)
    return _titled({**shape, **shown}, _title(name))


def _titled(shape: Schema, title: str) -> Schema:
    """The title once: of alternatives the server shows each one's and the whole's."""
    if "anyOf" not in shape:
        return {**shape, "title": title}
    first, *others = shape["anyOf"]
    return {**shape, "anyOf": [{**first, "title": title}, *others]}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
