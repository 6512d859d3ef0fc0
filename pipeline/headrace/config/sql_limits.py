"""What is too much SQL: parsers spend time and memory with the square of a query's depth before they give up."""

from __future__ import annotations

import re

MOST_BYTES = 200_000
"""Of a query: more than anybody writes, and checked in seconds."""

MOST_LEVELS = 200
"""Levels of brackets, and signs in a row: far more than a person writes."""

_WORDS = re.compile(
    r"""--[^\n]* | /\*.*?\*/ | '(?:[^']|'')*' | "(?:[^"]|"")*"   # comments, texts and names
      | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<sign>[-+~!@]) | \s+ | .""",
    re.VERBOSE | re.DOTALL,
)


def too_deep(query: str) -> int | None:
    """The offset of the first bracket or sign beyond the limit; None where the query stays within it."""
    depth = signs = 0
    for word in _WORDS.finditer(query):
        match word.lastgroup:
            case "open":
                depth, signs = depth + 1, 0
            case "close":
                depth, signs = max(0, depth - 1), 0
            case "sign":
                signs += 1
            case _ if not word[0].isspace() and not word[0].startswith(("--", "/*")):
                signs = 0
        if max(depth, signs) > MOST_LEVELS:
            return word.start()
    return None
