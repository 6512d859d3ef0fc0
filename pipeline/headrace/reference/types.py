"""Types of the schema in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NOUNS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "mapping",
}
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def code(text: str) -> str:
    """Markdown for what is typed as it stands."""
    mark = "``" if "`" in text else "`"
    return f"{mark}{text}{mark}"


class Types:
    """Says the type of a field; knows the models that it may refer to."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def of(self, field: Mapping[str, Any]) -> str:
        """A type in words, such as `whole number ≥ 0 or null`."""
        if "anyOf" in field or "oneOf" in field:
            return " or ".join(dict.fromkeys(self.of(member) for member in field.get("anyOf") or field["oneOf"]))
        if "enum" in field or "const" in field:
            return ", ".join(code(str(value)) for value in field.get("enum", [field.get("const")]))
        if "$ref" in field:
            return "mapping"
        return self._plain(field)

    def _plain(self, field: Mapping[str, Any]) -> str:
        kind = field.get("type", "")
        if kind == "array":
            return f"list of {_plural(self.of(field.get('items', {})))}"
        if kind == "object" and isinstance(field.get("additionalProperties"), dict):
            return f"mapping of names to {_plural(self.of(field['additionalProperties']))}"
        if field.get("format") == "date":
            return "date"
        if "pattern" in field and "description" in field:
            return str(field["description"]).partition(",")[0].removeprefix("a ")
        bounds = " and ".join(f"{sign} {field[word]:g}" for word, sign in _BOUNDS.items() if word in field)
        noun = _NOUNS.get(kind, "any value")
        return f"{noun} {bounds}" if bounds else noun


def _plural(noun: str) -> str:
    return "mappings" if noun == "mapping" else noun
