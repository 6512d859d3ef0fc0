"""Messages and exit codes."""

from __future__ import annotations

import pytest

from headrace.errors import (
    ConfigError,
    DataError,
    Diagnostic,
    Place,
    ServiceError,
    StageError,
    UsageError,
    process_exit_code,
)


def test_a_diagnostic_says_where_what_and_how_to_mend() -> None:
    diagnostic = Diagnostic(
        "HR101",
        "unknown key `taks`",
        Place("conf/pipeline/a.yaml", 3, 1),
        "did you mean `task`?",
        excerpt="3 | taks: x",
    )

    assert str(diagnostic) == (
        "conf/pipeline/a.yaml:3:1: error HR101: unknown key `taks`\n  3 | taks: x\n  remedy: did you mean `task`?"
    )
    assert diagnostic.as_json()["line"] == 3


def test_all_problems_are_told_at_once() -> None:
    error = ConfigError([Diagnostic("HR101", "one"), Diagnostic("HR102", "two")])

    assert len(error.diagnostics) == 2
    assert "one" in str(error)
    assert "two" in str(error)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DataError("bad"), 65),
        (ConfigError([]), 2),
        (UsageError("bad"), 2),
        (StageError("bad"), 75),
        (ServiceError("down"), 75),
        (ConnectionResetError(), 75),
        (ValueError(), 1),
    ],
)
def test_a_stages_process_tells_failures_apart(error: BaseException, code: int) -> None:
    assert process_exit_code(error) == code


def test_nothing_in_a_message_acts_on_a_terminal() -> None:
    shown = str(Diagnostic("HR140", "unknown key `\x1b[31mred\x07\u202e\0`\nsecond", Place("a\x1b.yaml"), "or \ud800"))
    assert shown == (
        "a\\x1b.yaml: error HR140: unknown key `\\x1b[31mred\\x07\\u202e\\x00`\\nsecond\n  remedy: or \\ud800"
    )


def test_a_message_has_an_end() -> None:
    diagnostic = Diagnostic("HR144", "a" * 5_000_000)
    assert len(diagnostic.message) < 1_500
