"""`headrace completion`, and the hidden `headrace __complete` that its scripts ask at every Tab."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from headrace.cli.parser import command_parser
from headrace.completion.candidates import Answer, answer
from headrace.completion.expected import expected, split_line
from headrace.completion.verbs import Verb, read_verbs
from headrace.errors import EXIT_OK

_SCRIPTS = Path(__file__).parents[1] / "completion" / "scripts"
#: The parsers of the verbs that another package of this distribution implements; it imports no Airflow for them.
_FORWARDED = {
    "dags": "headrace_airflow.cli:dags_parser",
    "up": "headrace_airflow.local.cli:up_parser",
    "backfill": "headrace_airflow.backfill.cli:backfill_parser",
}


def run(arguments: argparse.Namespace) -> int:
    """Print the script; how to install it is in its first lines."""
    print((_SCRIPTS / f"headrace.{arguments.shell}").read_text(encoding="utf-8"), end="")
    return EXIT_OK


def complete(words: Sequence[str]) -> int:
    """Say what fits at the cursor: `bash BREAKS LINE`, or `zsh|fish WORD…`, the one at the cursor last.

    The first line says what the shell must do besides (`files`, `folders` or `-`), each other one is a word, a tab
    and its help. Whatever goes wrong is not said: the terminal is the user's.
    """
    try:
        for line in _answered(words):
            print(line)
        sys.stdout.flush()
    except Exception:  # noqa: BLE001
        return EXIT_OK
    return EXIT_OK


def _answered(words: Sequence[str]) -> list[str]:
    shell, *rest = words
    if shell == "bash":
        breaks, line = rest
        said = split_line(line)
    else:
        breaks, said = "", rest
    at = expected(_root(said[1:]), said[1:])
    found = answer(at)
    whole = at.prefix + at.word
    cut = max((whole.rfind(mark) for mark in "=:" if mark in breaks), default=-1) + 1
    return [found.files or "-", *_lines(found, cut)]


def _lines(found: Answer, cut: int) -> list[str]:
    """Bash replaces only what stands behind the last of its word breaks."""
    return [f"{candidate.word[cut:]}\t{candidate.help}" for candidate in found.candidates]


def command_tree() -> Verb:
    """The whole command, with the verbs of the Airflow side."""
    root = read_verbs(command_parser())
    theirs = {name: read_verbs(_forwarded(name), name) for name in _FORWARDED}
    return replace(root, verbs=tuple(theirs.get(verb.name, verb) for verb in root.verbs))


def _forwarded(name: str) -> argparse.ArgumentParser:
    module, _, function = _FORWARDED[name].partition(":")
    parser: argparse.ArgumentParser = getattr(import_module(module), function)()
    return parser


def _root(words: Sequence[str]) -> Verb:
    """The command's verbs, with those of another package where one of them is named."""
    root = read_verbs(command_parser())
    named = next((word for word in words[:-1] if not word.startswith("-")), "")
    if named not in _FORWARDED:
        return root
    theirs = read_verbs(_forwarded(named), named)
    return replace(root, verbs=tuple(theirs if verb.name == named else verb for verb in root.verbs))
