"""The models' JSON Schema, told again for an editor."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.editor.shapes import Shapes


@pytest.fixture(scope="module")
def keys() -> dict[str, Any]:
    return Shapes().keys()


def test_nothing_is_required_but_in_list_items(keys: dict[str, Any]) -> None:
    assert "required" not in keys["target"]
    assert "required" not in keys["split"]
    assert keys["notify"]["items"]["required"] == ["type"]
    assert keys["gates"]["items"]["required"] == ["metric"]


def test_scalars_take_interpolations(keys: dict[str, Any]) -> None:
    assert keys["seed"]["type"] == ["integer", "string"]
    assert keys["seed"]["pattern"].endswith(r"\$\{")
    assert keys["seed"]["minimum"] == 0


def test_kinds_are_told_apart_by_their_word(keys: dict[str, Any]) -> None:
    conditions = keys["split"]["allOf"]

    assert {condition["if"]["properties"]["method"]["const"] for condition in conditions} == {
        "time",
        "random",
        "stratified",
        "grouped",
    }
    assert all(condition["then"]["additionalProperties"] is False for condition in conditions)


def test_a_key_has_title_meaning_default_and_examples(keys: dict[str, Any]) -> None:
    retries = keys["runtime"]["properties"]["retries"]

    assert retries["title"] == "Retries"
    assert "Unit: tries." in retries["description"]
    assert "Default: `2`." in retries["markdownDescription"]
    assert retries["default"] == 2
    assert retries["examples"] == [2]


def test_null_is_one_more_type(keys: dict[str, Any]) -> None:
    assert "null" in keys["registry"]["type"]
    assert "null" in keys["dataset"]["properties"]["row_id"]["type"]
    assert "array" in keys["dataset"]["properties"]["row_id"]["type"]


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ({"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "boolean"}]}, ["enum", "pattern", "boolean"]),
        ({"anyOf": [{"$ref": "#/$defs/Registry"}, {"$ref": "#/$defs/Tracking"}]}, ["object", "object", "pattern"]),
        ({"oneOf": [{"$ref": f"#/$defs/{name}"} for name in ("Registry", "Tracking", "Target")]}, ["object"] * 3),
    ],
)
def test_unions_that_nothing_tells_apart_are_alternatives(written: dict[str, Any], kinds: list[str]) -> None:
    """No key has such a type yet; one that gets it must not be underlined wherever it is used."""
    members = Shapes()._shape(written, whole=False)["anyOf"]

    assert len(members) >= len(kinds)
    for member, kind in zip(members, kinds, strict=False):
        assert kind in member or kind in member["type"]
