from __future__ import annotations

import pytest

from headrace.errors import Diagnostic, Place
from headrace.lint.allowances import allowances, apply

WARNING = Diagnostic("HR125", "x", Place("f", 3, 1), severity="warning")
ABOUT_THE_FILE = Diagnostic("HR118", "x", Place("f"), severity="warning")
ERROR = Diagnostic("HR125", "x", Place("f", 3, 1))


def left(text: str, *found: Diagnostic, whole: bool = True) -> list[str]:
    return [f"{item.code} {item.message}" for item in apply(found, {"f": list(allowances(text))}, whole)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: 2\nc: 3  # lint: allow HR125 because it is so\n", WARNING),
        ("a: 1\n# lint: allow HR125 because it is so\nc: 3\n", WARNING),
        ("a: 1\n\nc: 3  # lint: allow hr118, HR125 because it is so\n", WARNING),
        ("SELECT 1\n\nFROM a -- lint: allow HR125 because it is so\n", WARNING),
        ("# About\n# lint: allow HR118 because it is so\na: 1\n", ABOUT_THE_FILE),
    ],
)
def test_a_warning_is_accepted_on_its_line(text: str, found: Diagnostic) -> None:
    assert left(text, found, whole=False) == []


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("\n\nc: 3  # lint: allow HR125\n", WARNING, "an allowance without a reason"),
        ("\n\nc: 3  # lint: allow HR125 because\n", WARNING, "an allowance without a reason"),
        ("\na: 1  # lint: allow HR125 because of it\nc: 3\n", WARNING, "there is no warning HR125 here"),
        ("a: 1\n# lint: allow HR118 because of it\n", ABOUT_THE_FILE, "there is no warning HR118 here"),
        ("\n\nc: 3  # lint: allow HR125 because of it\n", ERROR, "HR125 is an error here, and only warnings can be"),
        ("\n\nc: 3  # lint: allow HR999 because of it\n", WARNING, "there is no code HR999"),
        ("\n\nc: 3  # lint: allow because of it\n", WARNING, "an allowance that names no code"),
    ],
)
def test_what_allows_nothing_is_told(text: str, found: Diagnostic, expected: str) -> None:
    kept, wrong = left(text, found)
    assert kept == f"{found.code} x"
    assert wrong.startswith(f"HR119 {expected}")


def test_an_unused_one_is_told_only_when_everything_was_linted() -> None:
    assert left("a: 1  # lint: allow HR125 because it is so\n", whole=False) == []
