from __future__ import annotations

import pytest

from headrace.config.labels import own_key, wrong_key, wrong_value


@pytest.mark.parametrize("key", ["team", "a", "A.b_c-d", "example.com/team", "a-b.c/x", "x" * 63])
def test_keys(key: str) -> None:
    assert wrong_key(key) is None


@pytest.mark.parametrize(
    "key", ["", "a b", "-a", "a-", "x" * 64, "/a", "a/", "a/b/c", "Example.com/a", "a..b/c", "a" * 254 + "/a", "a\n"]
)
def test_what_is_no_key(key: str) -> None:
    assert wrong_key(key)


@pytest.mark.parametrize("value", ["", "42", "a_b.c", "x" * 63])
def test_values(value: str) -> None:
    assert wrong_value(value) is None


@pytest.mark.parametrize("value", ["c d", "-", "x" * 64, "a/b", "ü"])
def test_what_is_no_value(value: str) -> None:
    assert wrong_value(value)


@pytest.mark.parametrize(("key", "own"), [("headrace/call", True), ("headrace", False), ("team", False)])
def test_headraces_own_are_not_for_others(key: str, own: bool) -> None:
    assert bool(own_key(key)) == own
