"""What a parameter's annotation, read as text, lets YAML give it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

from headrace.clock import parse_duration, parse_moment

#: The last part of an annotation's name -> what it is in YAML.
_KINDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "None": "null",
    "timedelta": "duration",
    "datetime": "moment",
    "DateTime": "moment",
    "date": "day",
    "time": "time of day",
    **dict.fromkeys(("list", "List", "tuple", "Tuple", "set", "Sequence", "Collection", "Iterable"), "list"),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping"), "mapping"),
    **dict.fromkeys(("Callable", "FunctionType"), "Python object"),
}
_PYTHON_OBJECT = "Python object"
_PARSERS: dict[str, Callable[[str], Any]] = {
    "duration": parse_duration,
    "moment": parse_moment,
    "day": date.fromisoformat,
    "time of day": time.fromisoformat,
}
_PLAIN = {str: "text", bool: "true or false", int: "whole number", float: "number", type(None): "null"}
#: How a kind begins that is one value of a `Literal`: a text or a whole number.
_OPTION_BEGINS = "`-0123456789"
_EXAMPLES = {
    "duration": "a duration such as 30m",
    "moment": "a moment such as 2024-01-31T06:00:00Z",
    "day": "a day such as 2024-01-31",
    "time of day": "a time of day such as 06:30",
}


def kinds(annotation: str | None) -> frozenset[str] | None:
    """What the annotation accepts, in YAML's terms; None where nothing is known of it, so that nothing is checked."""
    if not annotation:
        return None
    found = {kind for part in _parts(annotation) for kind in _options(part) or (_kind(part),)}
    known = {kind for kind in found if kind is not None}
    return frozenset(known) if known and None not in found else None


def needs_python(annotation: str | None) -> bool:
    """Whether only Python can make what is wanted: a function."""
    accepted = kinds(annotation)
    return accepted is not None and accepted <= {_PYTHON_OBJECT, "null"}


def problem(value: Any, accepted: frozenset[str] | None) -> str:
    """Why a value is none of what is accepted, in words that go after `is`; empty if it is one."""
    if accepted is None or not accepted.isdisjoint({_is_plainly(value), _option(value)}):
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and "number" in accepted:
        return ""
    if isinstance(value, str) and any(_parsed(value, kind) is not None for kind in accepted):
        return ""
    if _is_plainly(value) in {"whole number", "number"} and "duration" in accepted:
        return f"`{value}`, which has no unit: s, m, h, d or w"
    return f"{_shown(value)}, and has to be {allowed(accepted)}"


def converted(value: Any, annotation: str | None) -> Any:
    """The value as Python takes it: a text where a duration, a moment or a day is wanted, and no text."""
    accepted = kinds(annotation) or frozenset()
    if not isinstance(value, str) or not accepted.isdisjoint({"text", _option(value)}):
        return value
    return next((made for kind in sorted(accepted) if (made := _parsed(value, kind)) is not None), value)


def allowed(accepted: frozenset[str]) -> str:
    """The kinds in words."""
    articles = {"null": "null", "true or false": "true or false", "text": "text"}
    options = {kind: kind for kind in accepted if kind[0] in _OPTION_BEGINS}
    words = {**articles, **_EXAMPLES, **options}
    return " or ".join(words.get(kind) or f"a {kind}" for kind in sorted(accepted))


def _parsed(value: str, kind: str) -> Any:
    try:
        return _PARSERS[kind](value) if kind in _PARSERS else None
    except ValueError:
        return None


def _is_plainly(value: Any) -> str:
    shapes = {list: "list", tuple: "list", dict: "mapping", datetime: "moment", date: "day"}
    return {**_PLAIN, **shapes}.get(type(value), _PYTHON_OBJECT)


def _shown(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str | int | float) else f"a {_is_plainly(value)}"


def _kind(part: str) -> str | None:
    name = part.partition("[")[0].rpartition(".")[2].strip()
    return _KINDS.get(name)


def _options(part: str) -> list[str | None]:
    """What a `Literal` lists, each as a kind of its own; nothing for any other annotation."""
    listed = re.fullmatch(r"(?:\w+\.)*Literal\[(.*)\]", part, re.DOTALL)
    if not listed:
        return []
    try:
        return [_option(each) for each in ast.literal_eval(f"[{listed[1]}]")]
    except (ValueError, SyntaxError):
        return [None]


def _option(value: Any) -> str | None:
    """A text or a whole number as the kind of itself alone; null and truth are kinds anyway."""
    if isinstance(value, str):
        return f"`{value}`"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _PLAIN.get(type(value))


def _parts(annotation: str) -> Iterator[str]:
    """The members of a union, also where it is spelt `Optional` or `Union`."""
    text = annotation.strip().strip("\"'")
    wrapped = re.fullmatch(r"(?:\w+\.)*(Optional|Union)\[(.*)\]", text, re.DOTALL)
    if wrapped:
        if wrapped[1] == "Optional":
            yield "None"
        for part in _split(wrapped[2], ","):
            yield from _parts(part)
        return
    parts = list(_split(text, "|"))
    if len(parts) == 1:
        yield text
    else:
        for part in parts:
            yield from _parts(part)


def _split(text: str, separator: str) -> Iterator[str]:
    """The text cut at separators that are in no brackets."""
    depth, start = 0, 0
    for index, sign in enumerate(text):
        depth += (sign in "[(") - (sign in "])")
        if sign == separator and depth == 0:
            yield text[start:index].strip()
            start = index + 1
    yield text[start:].strip()
