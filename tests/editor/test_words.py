"""The words of the schemas."""

from __future__ import annotations

from headrace.editor.words import also, as_yaml, chosen, described, mapping, typed, where


def test_a_type_takes_an_interpolation_and_says_what_it_expected() -> None:
    shape = typed(["integer", "null"])

    assert shape["type"] == ["integer", "null", "string"]
    assert shape["errorMessage"].startswith("Expected a whole number or null")


def test_text_takes_any_text() -> None:
    assert typed(["string"])["type"] == "string"
    assert "pattern" not in typed(["string"])


def test_a_mapping_leaves_messages_to_what_is_inside() -> None:
    assert "errorMessage" not in mapping({})
    assert mapping({})["additionalProperties"] is False


def test_more_types_replace_the_words_of_the_first() -> None:
    shape = also(typed(["array"], items={}), ["string", "null"])

    assert shape["type"] == ["array", "string", "null"]
    assert "pattern" not in shape
    assert shape["items"] == {}


def test_a_choice_has_its_own_message_where_it_is_long() -> None:
    assert chosen(["a"])["anyOf"][0] == {"enum": ["a"]}
    assert chosen(["a"], "Expected a.")["anyOf"][0]["errorMessage"] == "Expected a."


def test_small_words() -> None:
    assert where("a", 1, {}) == {"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {}}
    assert described("plain") == {"description": "plain"}
    assert described("`a`")["markdownDescription"] == "`a`"
    assert [as_yaml(value) for value in ("UTC", True, 1.5, [1])] == ["UTC", "true", "1.5", "[1]"]
