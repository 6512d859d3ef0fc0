"""Texts: characters that cannot be seen, line breaks where a line is meant, templates, and lengths past reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from headrace.config.composed import Composed
from headrace.config.nodes import Document
from headrace.config.schema import Spec
from headrace.config.yaml_survey import point_of
from headrace.errors import Diagnostic, Place

#: They change how the text around them is shown, or show as nothing: what a reviewer sees is not what is there.
_DECEIVING = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
#: C0 but for tab and line breaks, C1, and halves of a pair.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_BREAK = re.compile("[\n\r\x85]")
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")
#: Values of the data itself, and its separators, are what they are.
_DATA = re.compile(
    r"dataset\.sources\.[^.]+\.(?:separator|quote|null_values(?:\.\d+)?)|target\.positive|validation\..+\.values\.\d+"
)
#: Texts of several lines, in which braces are text.
_PROSE = re.compile(
    r"description|dag\.doc|dataset\.transform\.query|model\.params\..+|validation\..+\.(?:matches|min|max)"
    r"|runtime\.env\..+|tasks\.[^.]+\.(?:args|expand|expand_kwargs)\..+"
)
#: Columns of surveys are whole questions.
_LONGEST_NAME = 500
#: The longest text that each kind of value may have, in characters.
_LONGEST = (
    (re.compile(r"dataset\.transform\.query"), 200_000),
    (re.compile(r"description|dag\.doc|runtime\.env\..+|tasks\..+\.(?:args|expand|expand_kwargs)\..+"), 10_000),
    (
        re.compile(
            r"(?:.+\.)?(?:path|file|home|python|uri|registry_uri|url|matches)|dag\.links\..+|model\.params\..+"
            r"|data_roots\.\d+"
        ),
        2_000,
    ),
    (re.compile(r"(?s:.*)"), _LONGEST_NAME),
)
_LARGEST = 2**63


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Texts and numbers of one configuration that are refused, at their places."""
    del spec
    values = {key: value for key, value in composed.values.items() if key != "hydra"}
    for path, value in _leaves(values):
        if found := _problem(path, value):
            code, message, remedy = found
            yield composed.diagnostic(code, message, composed.place_of(path), remedy)


def _leaves(values: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar with its path; keys too, as texts at the path that they make."""
    if isinstance(values, dict):
        for key, item in values.items():
            inner = f"{path}.{key}" if path else str(key)
            yield inner, _Key(key)
            yield from _leaves(item, inner)
    elif isinstance(values, list):
        for index, item in enumerate(values):
            yield from _leaves(item, f"{path}.{index}")
    else:
        yield path, values


class _Key(str):
    """A key, which is held to a name's rules."""

    __slots__ = ()


def _problem(path: str, value: Any) -> tuple[str, str, str] | None:
    shown = path if len(path) <= 80 else f"{path[:77]}…"
    if isinstance(value, int) and not isinstance(value, bool) and not -_LARGEST <= value < _LARGEST:
        return "HR261", f"`{shown}` is a number of more than 64 bits", "write a smaller one"
    return None if not isinstance(value, str) or _DATA.fullmatch(path) else _text_problem(path, shown, value)


def _text_problem(path: str, shown: str, value: str) -> tuple[str, str, str] | None:
    is_name = isinstance(value, _Key) or not _PROSE.fullmatch(path)
    shown = _visible(shown)
    if match := _DECEIVING.search(value) or _CONTROL.search(value):
        return "HR250", f"`{shown}` holds a character that cannot be seen: U+{ord(match[0]):04X}", "delete it"
    if is_name and _BREAK.search(value):
        return "HR250", f"`{shown}` has a line break, and is one line", "write it in one line"
    longest = (
        _LONGEST_NAME if isinstance(value, _Key) else next(most for kind, most in _LONGEST if kind.fullmatch(path))
    )
    if len(value) > longest:
        return "HR261", f"`{shown}` is {len(value):,} characters long: {longest:,} are the most", "shorten it"
    if is_name and (match := _TEMPLATE.search(value)):
        remedy = (
            "write the value itself; what differs by run is the run's `as_of`, what differs by place is ${env:NAME}"
        )
        return "HR254", f"`{shown}` holds a template, `{match[0]}`, which nothing fills in", remedy
    return None


def _visible(text: str) -> str:
    return _CONTROL.sub("?", _DECEIVING.sub("?", _BREAK.sub(" ", text)))


def deceiving(document: Document) -> Iterator[Diagnostic]:
    """Characters of a file, comments included, that make it look other than it is."""
    for match in _DECEIVING.finditer(document.text):
        line, column = point_of(document.text, match.start())
        message = f"a character that cannot be seen: U+{ord(match[0]):04X}"
        remedy = 'delete it; where it is a part of the data, write it as an escape in quotes, as in "\\u202e"'
        yield document.diagnostic("HR250", message, Place(document.file, line + 1, column + 1), remedy)
        return
