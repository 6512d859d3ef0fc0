"""The page of all commands, from their parsers. Not argparse's own layout: that differs between Python versions."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.cli.completion import command_tree
from headrace.completion.verbs import Argument, Verb
from headrace.reference.types import code

_HEAD = """\
# Commands

Made by `make reference` from the commands' parsers: change them, not this page.
`headrace COMMAND --help` says the same.
"""


def commands_page() -> str:
    """Markdown: one section a command."""
    root = command_tree()
    return "\n".join([_HEAD, *_section("headrace", root), *_sections("headrace", root)])


def _sections(path: str, verb: Verb) -> Iterator[str]:
    for below in verb.verbs:
        name = f"{path} {below.name}"
        yield from _section(name, below)
        yield from _sections(name, below)


def _section(name: str, verb: Verb) -> Iterator[str]:
    description = verb.parser.description if verb.parser is not None else ""
    epilog = verb.parser.epilog if verb.parser is not None else ""
    yield f"## {name}\n"
    yield f"{description}\n"
    yield f"```text\n{_usage(name, verb)}\n```\n"
    if verb.verbs:
        yield "| | |\n|---|---|"
        yield from (f"| [{below.name}](#{_anchor(f'{name} {below.name}')}) | {below.summary} |" for below in verb.verbs)
        yield ""
    arguments = [argument for argument in (*verb.positionals, *verb.options) if "--help" not in argument.names]
    if arguments:
        yield "| | |\n|---|---|"
        yield from (_row(argument) for argument in arguments)
        yield ""
    if epilog:
        yield f"```text\n{epilog.strip()}\n```\n"


def _anchor(title: str) -> str:
    return title.replace(" ", "-")


def _usage(name: str, verb: Verb) -> str:
    if verb.verbs:
        return f"{name} COMMAND …"
    words = [_positional(argument) for argument in verb.positionals]
    return " ".join([name, *words, "[options]"])


def _positional(argument: Argument) -> str:
    word = "|".join(argument.choices) or argument.kind
    if argument.repeats:
        return f"[{word} …]"
    return f"[{word}]" if argument.optional_value else word


def _row(argument: Argument) -> str:
    said = argument.help
    if argument.choices and argument.names:
        said = f"{said}{': ' if said else ''}{', '.join(code(choice) for choice in argument.choices)}"
    written = ", ".join(code(name) for name in argument.names) or code("|".join(argument.choices) or argument.kind)
    value = f" {code(argument.kind)}" if argument.names and argument.kind and not argument.choices else ""
    cells = (f"{written}{value}", said)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
