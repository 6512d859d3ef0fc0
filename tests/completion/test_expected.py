"""Where the cursor is in the grammar of the command."""

from __future__ import annotations

import pytest

from headrace.cli.completion import command_tree
from headrace.completion.expected import expected, split_line


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", [""]),
        ("headrace run ", ["headrace", "run", ""]),
        ("a 'b c", ["a", "b c"]),
        ('a "b\\"c" d', ["a", 'b"c', "d"]),
        ("a b\\ c", ["a", "b c"]),
        ("a '' ", ["a", "", ""]),
    ],
)
def test_a_line_is_split_as_a_shell_does_though_it_is_not_finished(line: str, words: list[str]) -> None:
    assert split_line(line) == words


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["run", ""], "NAME"),
        (["run", "wine", ""], "OVERRIDE"),
        (["run", "wine", "a=1", "b"], "OVERRIDE"),
        (["run", "wine", "--as-of", ""], "TIME"),
        (["run", "wine", "--as-of", "2024-01-01", ""], "OVERRIDE"),
        (["run", "--multirun", ""], "NAME"),
        (["stage", "wine", "--run-id", "1", ""], "STAGE"),
        (["predict", "wine", "--data=da"], "IN"),
        (["dags", "test", ""], "NAME"),
    ],
)
def test_the_argument_at_the_cursor(words: list[str], kind: str) -> None:
    argument = expected(command_tree(), words).argument

    assert argument is not None
    assert argument.kind == kind


def test_what_was_said_before_is_known() -> None:
    at = expected(command_tree(), ["run", "wine", "model=ridge", "--project", "there", "x"])

    assert at.given["NAME"] == "wine"
    assert at.given["--project"] == "there"
    assert at.words == ("wine", "model=ridge")


def test_an_option_written_with_its_value_keeps_its_name() -> None:
    at = expected(command_tree(), ["lint", "--format=te"])

    assert (at.prefix, at.word) == ("--format=", "te")


def test_verbs_and_options_stand_where_no_argument_can() -> None:
    assert expected(command_tree(), ["ru"]).argument is None
    assert expected(command_tree(), ["list", ""]).options
