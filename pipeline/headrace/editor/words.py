"""JSON Schema's words as this package writes them: every value may also be an interpolation.

Draft 7, with the few words that yaml-language-server adds: `errorMessage`, `patternErrorMessage`, `doNotSuggest`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

Schema = dict[str, Any]

#: `${…}` anywhere in a text, or `???` for a value that the command line must give.
INTERPOLATED = r"^\?\?\?$|\$\{"
#: An interpolation where only some texts are right.
INTERPOLATION: Schema = {"type": "string", "pattern": INTERPOLATED, "doNotSuggest": True}

_NOUNS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "null": "null",
    "array": "a list",
    "object": "a mapping",
}
#: The words that `typed` writes.
_TYPED = ("type", "pattern", "patternErrorMessage", "errorMessage")


def typed(types: Iterable[str], **rules: Any) -> Schema:
    """A value of one of these JSON types, or an interpolation; a wrong one is told so in words."""
    kinds = list(dict.fromkeys(types))
    wrong = f"Expected {' or '.join(_NOUNS[kind] for kind in kinds)}, or an interpolation such as ${{seed}}."
    open_text = {} if "string" in kinds else {"pattern": INTERPOLATED, "patternErrorMessage": wrong}
    # On a mapping or a list the message would also replace those about what is inside.
    told = {} if {"object", "array"} & set(kinds) else {"errorMessage": wrong}
    written = kinds if "string" in kinds else [*kinds, "string"]
    return {"type": written[0] if len(written) == 1 else written, **open_text, **told, **rules}


def also(shape: Schema, kinds: Iterable[str]) -> Schema:
    """What `typed` made, for more types."""
    had = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
    own = [kind for kind in had if kind != "string" or "pattern" not in shape]
    return typed([*own, *kinds], **{word: rule for word, rule in shape.items() if word not in _TYPED})


def chosen(options: Iterable[Any], wrong: str = "", **rules: Any) -> Schema:
    """One of these values, or an interpolation. `wrong` is what to say of another where the list is too long."""
    told = {"errorMessage": wrong} if wrong else {}
    return {"anyOf": [{"enum": list(options), **told}, INTERPOLATION], **rules}


def described(text: str) -> Schema:
    """Markdown for editors that show it, and the same as plain text."""
    return {"description": text, **({"markdownDescription": text} if "`" in text else {})}


def mapping(properties: Schema, **rules: Any) -> Schema:
    """A mapping with these keys and no others."""
    return typed(["object"], properties=properties, additionalProperties=False, **rules)


def listed(items: Schema, **rules: Any) -> Schema:
    """A list of such items."""
    return typed(["array"], items=items, **rules)


def where(key: str, value: Any, then: Schema) -> Schema:
    """The schema `then` for mappings whose `key` has that value."""
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": then}


def without_type(shape: Schema) -> Schema:
    """A shape's title, meaning and examples, for another choice of values."""
    return {word: rule for word, rule in shape.items() if word not in _TYPED}


def as_yaml(value: Any) -> str:
    """A value as it is written in YAML's flow style."""
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
