"""Text of a YAML file in Markdown, in which nothing of it is Markdown."""

from __future__ import annotations


def code(text: str) -> str:
    """A code span, in a table or not."""
    return "`" + " ".join(text.replace("`", "'").replace("|", "\\|").split()) + "`"
