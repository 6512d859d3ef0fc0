"""The command line as data, read from its argparse parsers: a new verb or option appears by itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Argument:
    """An option or a positional argument."""

    names: tuple[str, ...]
    """`-m`, `--multirun`; empty for a positional."""
    kind: str
    """The metavar: what kind of word it takes, such as NAME; empty for a flag."""
    choices: tuple[str, ...] = ()
    help: str = ""
    optional_value: bool = False
    """An option that may stand alone, such as `--info`."""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """One command, with the commands below it."""

    name: str
    summary: str
    options: tuple[Argument, ...]
    positionals: tuple[Argument, ...]
    verbs: tuple[Verb, ...] = ()
    parser: argparse.ArgumentParser | None = field(default=None, compare=False)

    def verb(self, name: str) -> Verb | None:
        """The command of that name below this one."""
        return next((verb for verb in self.verbs if verb.name == name), None)

    def option(self, name: str) -> Argument | None:
        """The option that is written so."""
        return next((option for option in self.options if name in option.names), None)


def read_verbs(parser: argparse.ArgumentParser, name: str = "", summary: str = "") -> Verb:
    """A parser, with all parsers below it."""
    shown = [action for action in _actions(parser) if action.help != argparse.SUPPRESS]
    below = next((action for action in shown if isinstance(action, argparse._SubParsersAction)), None)  # noqa: SLF001
    plain = [action for action in shown if action is not below]
    return Verb(
        name,
        summary,
        tuple(_argument(action) for action in plain if action.option_strings),
        tuple(_argument(action) for action in plain if not action.option_strings),
        tuple(_below(below)) if below is not None else (),
        parser,
    )


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001 # argparse has no other list of what was added


def _below(action: argparse._SubParsersAction[argparse.ArgumentParser]) -> Iterator[Verb]:
    helps = {choice.dest: choice.help or "" for choice in action._get_subactions()}  # noqa: SLF001
    for name, parser in (action.choices or {}).items():
        yield read_verbs(parser, name, helps.get(name, ""))


def _argument(action: argparse.Action) -> Argument:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    return Argument(
        names=tuple(action.option_strings),
        kind="" if action.nargs == 0 else metavar,
        choices=tuple(str(choice) for choice in action.choices or ()),
        help=action.help or "",
        optional_value=action.nargs == "?",
        repeats=action.nargs in ("*", "+"),
    )
