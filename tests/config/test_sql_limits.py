"""What is too much SQL."""

from __future__ import annotations

import pytest

from headrace.config.sql_limits import MOST_LEVELS, too_deep


@pytest.mark.parametrize("opening", ["(", "[", "{", "( -- (\n", "(/* ( */", "- ", "-/* - */", "+\n"])
def test_what_goes_deeper_than_the_limit_is_shown_where_it_does(opening: str) -> None:
    assert too_deep("SELECT " + opening * (MOST_LEVELS + 50) + "a") == len("SELECT ") + len(opening) * MOST_LEVELS


def test_a_call_is_a_level_too() -> None:
    assert too_deep("f(" * (MOST_LEVELS + 50)) == len("f(") * MOST_LEVELS + 1


@pytest.mark.parametrize(
    "query",
    [
        "SELECT " + "(" * MOST_LEVELS + "a" + ")" * MOST_LEVELS,
        "SELECT " + "(a), " * 3_000 + "b",
        "SELECT '" + "(" * 3_000 + "'",
        'SELECT "' + "(" * 3_000 + '"',
        "SELECT a -- " + "(" * 3_000,
        "SELECT a /* " + "(\n" * 3_000 + "*/",
        "SELECT a" + " - a" * 3_000,
        "-- " + "-" * 3_000 + "\nSELECT a",
        "SELECT 'it''s " + "(" * 3_000 + "'",
    ],
)
def test_what_only_looks_deep_is_fine(query: str) -> None:
    assert too_deep(query) is None


def test_brackets_in_a_text_that_never_ends_count() -> None:
    assert too_deep("SELECT '" + "(" * 3_000) is not None
