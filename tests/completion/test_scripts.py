"""Real shells: the script is sourced, and Tab is asked what it offers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from projects import Sandbox
from shells import offered_by_bash, offered_by_fish, offered_by_zsh

Shell = Callable[[Path, str], list[str]]


def test_bash(sandbox: Sandbox) -> None:
    def offered(line: str) -> list[str]:
        return offered_by_bash(sandbox.root, line)

    assert offered("headrace ru") == ["run"]
    assert offered("headrace run ") == ["flight_delays", "wine_cultivars"]
    assert offered("headrace run 'wi") == ["wine_cultivars"]
    assert offered("headrace run wine_cultivars model.params.max") == ["nospace", "model.params.max_iter="]
    assert offered("headrace run wine_cultivars model=r")[-1] == "ridge"  # bash replaces what is behind the =
    assert offered("headrace predict wine_cultivars --data conf/con") == ["conf/config.yaml"]
    assert offered("headrace init con") == ["conf"]


@pytest.mark.parametrize("shell", [offered_by_fish, offered_by_zsh])
def test_fish_and_zsh(sandbox: Sandbox, shell: Shell) -> None:
    def offered(line: str) -> list[str]:
        return shell(sandbox.root, line)

    assert offered("headrace run w") == ["wine_cultivars"]
    assert offered("headrace run wine_cultivars model.params.max") == ["model.params.max_iter="]
    assert offered("headrace run wine_cultivars model=ri") == ["model=ridge"]


def test_fish_shows_files(sandbox: Sandbox) -> None:
    assert offered_by_fish(sandbox.root, "headrace predict wine_cultivars --data conf/con") == ["conf/config.yaml"]


@pytest.mark.parametrize("text", ["broken: [\n", "\x00\xff", "- 1\n"])
def test_a_broken_pipeline_says_nothing_into_the_terminal(sandbox: Sandbox, tmp_path: Path, text: str) -> None:
    (tmp_path / "conf" / "pipeline").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text("home: [\n")
    (tmp_path / "conf" / "pipeline" / "p.yaml").write_text(text)

    assert offered_by_bash(tmp_path, "headrace run ") == ["p"]
    assert offered_by_bash(tmp_path, "headrace run p model.params.ma") == [""]


def test_an_answer_is_quick(sandbox: Sandbox) -> None:
    """The measure is in benchmarks/completion.py; this only notices a heavy import."""
    started = time.perf_counter()
    sandbox.headrace("__complete", "bash", "=:", "headrace run wine_cultivars model.params.ma")

    assert time.perf_counter() - started < 2
