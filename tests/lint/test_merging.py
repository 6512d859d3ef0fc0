from __future__ import annotations

from headrace.errors import Diagnostic, Place
from headrace.lint.merging import by_place, first_at_each_place, merged, with_excerpt

ONE = Diagnostic("HR140", "x", Place("f", 2, 1), pipeline="a")
TWO = Diagnostic("HR140", "x", Place("f", 2, 1), pipeline="b")
OTHER = Diagnostic("HR140", "y", Place("f", 1, 1), pipeline="b")


def test_one_problem_of_many_pipelines() -> None:
    assert [item.pipeline for item in merged([ONE, TWO, OTHER, ONE])] == ["a, b", "b"]


def test_of_two_at_one_place_the_first_is_told() -> None:
    assert list(first_at_each_place([ONE], [TWO, OTHER])) == [ONE, OTHER]


def test_the_order_is_that_of_the_files() -> None:
    override = Diagnostic("HR120", "x", Place("override 'a'"))
    assert sorted([override, ONE, OTHER], key=by_place) == [OTHER, ONE, override]


def test_the_line_is_shown() -> None:
    assert with_excerpt(ONE, lambda file: "a\nb\n").excerpt == "2 | b\n  | ^"
