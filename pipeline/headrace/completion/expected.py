"""What may stand at the cursor, from the words before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headrace.completion.verbs import Argument, Verb

_QUOTES = "'\""


@dataclass(frozen=True, slots=True)
class Expected:
    """Where the cursor is in the grammar of the command."""

    verb: Verb
    word: str
    """What is written of the word at the cursor."""
    argument: Argument | None
    """The argument that the word is for; None where only a command or an option can stand."""
    options: bool
    """Whether an option may stand here."""
    given: Mapping[str, str] = field(default_factory=dict)
    """What was said before: positional words by their kind (NAME), values of options by their names (--project)."""
    words: tuple[str, ...] = ()
    """All positional words before the cursor."""
    prefix: str = ""
    """What stands before the value in the same word: `--project=`."""


def expected(root: Verb, words: Sequence[str]) -> Expected:
    """`words` are those after the command's own name, the one at the cursor last (it may be empty)."""
    *before, word = words
    verb, given, positionals = root, dict[str, str](), list[str]()
    waiting: Argument | None = None
    for said in before:
        if waiting is not None and not (waiting.optional_value and said.startswith("-")):
            given[waiting.names[-1]] = said
            waiting = None
        elif said.startswith("-") and said != "-":
            waiting = _waits(verb.option(said.partition("=")[0]), said, given)
        elif verb.verbs and (below := verb.verb(said)) is not None:
            verb = below
        else:
            waiting = None
            argument = _positional(verb, len(positionals))
            if argument is not None:
                given.setdefault(argument.kind, said)
            positionals.append(said)
    if waiting is not None:
        return Expected(verb, word, waiting, waiting.optional_value, given, tuple(positionals))
    name, equals, value = word.partition("=")
    option = verb.option(name) if equals and word.startswith("-") else None
    if option is not None:
        return Expected(verb, value, option, False, given, tuple(positionals), f"{name}=")
    argument = _positional(verb, len(positionals))
    return Expected(verb, word, argument, word.startswith("-") or argument is None, given, tuple(positionals))


def split_line(line: str) -> list[str]:
    """A command line up to the cursor as words, the last one perhaps empty; quotes need not be closed."""
    words, word, quote, inside = list[str](), "", "", False
    escaped = False
    for character in line:
        if escaped:
            word, escaped = word + character, False
        elif character == "\\" and quote != "'":
            escaped = inside = True
        elif quote:
            word, quote = (word, "") if character == quote else (word + character, quote)
        elif character in _QUOTES:
            quote, inside = character, True
        elif character.isspace():
            if word or inside:
                words.append(word)
            word, inside = "", False
        else:
            word += character
    return [*words, word]


def _waits(option: Argument | None, said: str, given: dict[str, str]) -> Argument | None:
    """The option whose value comes next, if it does."""
    if option is None or not option.kind:
        return None
    if "=" in said:
        given[option.names[-1]] = said.partition("=")[2]
        return None
    return option


def _positional(verb: Verb, number: int) -> Argument | None:
    if number < len(verb.positionals):
        return verb.positionals[number]
    last = verb.positionals[-1] if verb.positionals else None
    return last if last is not None and last.repeats else None
