"""The page of all commands."""

from __future__ import annotations

from headrace.cli.completion import command_tree
from headrace.reference.commands import commands_page


def test_every_command_and_option_is_there() -> None:
    page = commands_page()

    for verb in command_tree().verbs:
        assert f"## headrace {verb.name}\n" in page
        for option in verb.options[1:]:  # the first is --help
            assert f"`{option.names[-1]}`" in page
    assert "## headrace dags test" in page


def test_usage_lines() -> None:
    assert "headrace run NAME [OVERRIDE …] [options]" in commands_page()
    assert "headrace stage NAME [STAGE …] [options]" in commands_page()
