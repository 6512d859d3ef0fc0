"""`headrace completion` and what its scripts ask."""

from __future__ import annotations

import pytest

from headrace.cli import main
from headrace.cli.completion import command_tree


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_says_how_to_install_it(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0

    assert f"headrace completion {shell} >" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["bash"], ["bash", "=:"], ["zsh"], ["fish", "headrace", "\x00", "\udcff"]])
def test_nonsense_is_answered_with_nothing(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["__complete", *words]) == 0
    assert capsys.readouterr().err == ""


def test_verbs_of_the_airflow_side_are_there() -> None:
    dags = command_tree().verb("dags")

    assert dags is not None
    assert {verb.name for verb in dags.verbs} >= {"list", "check", "test"}
