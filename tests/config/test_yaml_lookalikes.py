from __future__ import annotations

import pytest

from headrace.config.yaml_lookalikes import comma_in, described, first_in, in_key, in_value, structural_in


@pytest.mark.parametrize("line", ["a: 'x\u00a0y'", 'a: "\u201cx\u201d"', "a: 1  # it\u2019s", "a: 1"])
def test_quotes_and_comments_may_have_any_character(line: str) -> None:
    assert first_in([line], 0, 0) is None


def test_the_first_outside_of_them() -> None:
    found = first_in(["a: 1", "b: 'x'\u00a0 # y"], 0, 5)
    assert found is not None
    assert (found[0], found[3]) == ("HR123", (1, 6))


@pytest.mark.parametrize(("line", "column"), [("\u00a0a: 1", 0), ("task\uff1a x", 4)])
def test_where_yaml_looks_for_its_own(line: str, column: int) -> None:
    found = structural_in([line, "b: 1"], 1)
    assert found is not None
    assert found[3] == (0, column)


@pytest.mark.parametrize(("text", "culprit"), [("\u201cx\u201d", "\u201c"), ("x\u00a0", "\u00a0"), ("it\u2019s", "")])
def test_values(text: str, culprit: str) -> None:
    assert in_value(text) == culprit


def test_keys_and_items() -> None:
    assert (in_key("a\u200b"), in_key("a b"), comma_in("a\uff0c b")) == ("\u200b", "", "\uff0c")
    assert described("\uff1a") == ("`\uff1a` (U+FF1A) is no `:`", "write `:`")
