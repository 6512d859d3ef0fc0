"""Types in words."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.reference.types import Types, code


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"type": "integer", "minimum": 1}, "whole number ≥ 1"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "number > 0 and < 1"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"enum": ["a", "b"]}, "`a`, `b`"),
        ({"type": "array", "items": {"$ref": "#/$defs/Gate"}}, "list of mappings"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "mapping of names to text"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "object"}, "mapping"),
    ],
)
def test_a_type_in_words(field: dict[str, Any], words: str) -> None:
    assert Types({}).of(field) == words


def test_code_with_a_backtick() -> None:
    assert code("a`b") == "``a`b``"
