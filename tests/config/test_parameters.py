from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.clock import DURATION_PATTERN
from headrace.config.parameters import form, may_be_opened, not_allowed, schema_at, type_of, value_at
from headrace.config.schema import Spec
from plans import FLIGHTS

SPEC = Spec.model_validate(FLIGHTS)
PLAIN: dict[str, Any] = {"title": None, "description": "", "min": None, "max": None, "choices": None}
NUMBERS = st.one_of(st.integers(-100, 100), st.floats(-100, 100))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("seed", {"type": "integer", "minimum": 0}),
        ("split.test", {"type": "string", "pattern": DURATION_PATTERN}),
        ("split.validation", {"type": ["string", "null"], "pattern": DURATION_PATTERN}),
        ("metrics", {"type": "array", "items": {"type": "string"}}),
        ("gates.0.min", {"type": ["number", "null"]}),
        ("target.positive", {"type": ["boolean", "null"]}),
        ("model.preprocessing.numeric.scale", {"type": "string", "enum": ["none", "standard", "min_max"]}),
        ("model.params.C", {"type": "number"}),
    ],
)
def test_a_form_has_one_type_the_schemas_bounds_and_null_where_that_is_taken(
    path: str, expected: dict[str, Any]
) -> None:
    value = value_at(SPEC.model_dump(mode="json"), path)

    assert form(schema_at(SPEC, path), value, PLAIN) == expected


def test_what_the_declaration_says_is_in_the_form() -> None:
    declared = {**PLAIN, "title": "Seed", "description": "any", "min": 1, "max": 9, "choices": [1, 5]}

    assert form({"type": "integer"}, 1, declared) == {
        "type": "integer",
        "title": "Seed",
        "description": "any",
        "minimum": 1,
        "maximum": 9,
        "enum": [1, 5],
    }


@pytest.mark.parametrize(
    ("path", "opened"),
    [
        ("split.test", True),
        ("split", True),
        ("splitter", False),
        ("model.params.C", True),
        ("model.type", False),
        ("dataset.where.carrier", True),
        ("dataset.sources.flights.path", False),
        ("dataset.transform.query", False),
        ("registry.name", False),
        ("runtime.env.TOKEN", False),
        ("notify.0.url", False),
    ],
)
def test_only_what_a_model_is_made_of_may_be_opened(path: str, opened: bool) -> None:
    assert may_be_opened(path) == opened


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_value_is_allowed_between_its_bounds(low: float, high: float, value: float) -> None:
    allowed = not not_allowed({**PLAIN, "min": low, "max": high}, value)

    assert allowed == (low <= value <= high)


@pytest.mark.parametrize(("value", "allowed"), [(1, True), (1.0, False), (True, False), ("1", False)])
def test_a_choice_is_one_of_its_own_type(value: Any, allowed: bool) -> None:
    assert bool(not_allowed({**PLAIN, "choices": [1, 2]}, value)) != allowed


def test_a_key_with_dots_is_found() -> None:
    values = {"validation": {"a.b": {"rows": {"min": 3}}}, "list": [1]}

    assert value_at(values, "validation.a.b.rows.min") == 3
    assert value_at(values, "list.0") == 1
    for absent in ("validation.a.c", "list.1", "list.x", "no"):
        with pytest.raises(KeyError):
            value_at(values, absent)


@pytest.mark.parametrize(
    ("value", "name"),
    [(True, "boolean"), (1, "integer"), (1.0, "number"), ("", "string"), (None, "null"), ({}, "object")],
)
def test_types_have_their_names(value: Any, name: str) -> None:
    assert type_of(value) == name
