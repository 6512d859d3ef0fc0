"""Text of a YAML file in Markdown, in which nothing of it is Markdown but what people wrote as prose."""

from __future__ import annotations

import re

#: Airflow shows several spaces as one.
_SPACES = re.compile(r"^ +| {2,}")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def code(text: str) -> str:
    """A code span, in a table or not."""
    return "`" + " ".join(text.replace("`", "'").replace("|", "\\|").split()) + "`"


def lines(text: str) -> str:
    """Text whose lines and indentation stay: a code span for each line.

    Airflow's pages show a fenced block as one span, with its lines run together. Blank lines part paragraphs.
    """
    paragraphs = re.split(r"\n\s*\n", text.strip("\n"))
    return "\n\n".join("  \n".join(map(_line, paragraph.splitlines())) for paragraph in paragraphs)


def _line(text: str) -> str:
    """A code span whose fence is longer than any within it."""
    kept = _SPACES.sub(lambda found: _NO_BREAK * len(found[0]), text.rstrip())
    fence = "`"
    while fence in kept:
        fence += "`"
    space = " " if kept.startswith("`") or kept.endswith("`") else ""
    return f"{fence}{space}{kept}{space}{fence}"


def with_prose(prose: str | None, page: str) -> str:
    """What people wrote, above what is made from the plan."""
    return f"{prose.strip()}\n\n{page}" if prose else page
