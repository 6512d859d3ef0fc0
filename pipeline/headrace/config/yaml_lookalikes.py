"""Characters that look like YAML's own and are none: they come from word processors, chats and web pages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from headrace.config.yaml_survey import Point

#: Curly, low and angle quotation marks.
_OPENING = "\u201c\u201e\u00ab\u2018\u201a\u2039"
_CLOSING = "\u201d\u201c\u00bb\u2019\u2018\u203a"
#: Non-breaking, ideographic, thin and zero-width spaces, and joiners.
_SPACES = "\u00a0\u2007\u202f\u3000\u200b\u2060\u200c\u200d\u2000\u2001\u2002\u2003\u2009"
#: Full-width forms of the signs that YAML knows.
_SIGNS = {
    "\uff1a": ":",
    "\uff0c": ",",
    "\uff1d": "=",
    "\uff3b": "[",
    "\uff3d": "]",
    "\uff5b": "{",
    "\uff5d": "}",
    "\uff0d": "-",
    "\uff03": "#",
}
_SUSPECT = re.compile(f"[{_OPENING}{_CLOSING}{_SPACES}{''.join(map(re.escape, _SIGNS))}]")
_STRUCTURAL = re.compile(
    f"(?:^ *|^ *(?:- *)?[A-Za-z_][A-Za-z0-9_.]*:?|^ *-)[{_SPACES}{''.join(map(re.escape, _SIGNS))}]"
)
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|(?:^|(?<=\s))#.*$""")

#: Code, message, remedy, place.
Lookalike = tuple[str, str, str, Point]


def first_in(lines: Sequence[str], first: int, last: int) -> Lookalike | None:
    """The first such character in these lines (both counted from 0, both included), outside quotes and comments."""
    for number in range(first, min(last, len(lines) - 1) + 1):
        bare = _QUOTED.sub(lambda match: " " * len(match[0]), lines[number])
        if match := _SUSPECT.search(bare):
            return _said(match[0], Point(number, match.start()))
    return None


def structural_in(lines: Sequence[str], last: int) -> Lookalike | None:
    """The last one up to this line that stands where YAML looks for its own: in an indentation, behind a key or dash.

    A parser often notices many lines later.
    """
    for number in range(min(last, len(lines) - 1), -1, -1):
        if match := _STRUCTURAL.match(lines[number]):
            return _said(match[0][-1], Point(number, match.end() - 1))
    return None


def in_key(text: str) -> str:
    """The first such character of a plain key; empty if it has none."""
    match = _SUSPECT.search(text)
    return match[0] if match else ""


def comma_in(text: str) -> str:
    """A comma of another script; empty if there is none."""
    return next((character for character in text if _SIGNS.get(character) == ","), "")


def in_value(text: str) -> str:
    """The character that makes a plain text another one than it looks: quotes round it, spaces at its ends."""
    if not text:
        return ""
    if text[0] in _SPACES or text[-1] in _SPACES:
        return text[0] if text[0] in _SPACES else text[-1]
    return text[0] if len(text) > 1 and text[0] in _OPENING + _CLOSING and text[-1] in _OPENING + _CLOSING else ""


def _said(character: str, point: Point) -> Lookalike:
    message, remedy = described(character)
    return "HR123", message, remedy, point


def described(character: str) -> tuple[str, str]:
    """Message and remedy for one of these characters."""
    if character in _SIGNS:
        return f"`{character}` (U+{ord(character):04X}) is no `{_SIGNS[character]}`", f"write `{_SIGNS[character]}`"
    if character in _SPACES:
        kind = "an invisible character" if character in "\u200b\u2060\u200c\u200d" else "a space that is none to YAML"
        return f"{kind} (U+{ord(character):04X})", "delete it, or type a plain space"
    return f"`{character}` (U+{ord(character):04X}) is no quotation mark to YAML", "write \" or ' instead"
