"""Every code of the configuration's diagnostics: what it means, and what to do about it.

The texts are in `codes.txt`: CODE and its meaning in a line, then an explanation, indented; `bad:` and `good:` begin
examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType


def _entries(text: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        code, _, meaning = head.partition(" ")
        yield code, (meaning, _paragraph(lines))


def _paragraph(lines: Sequence[str]) -> str:
    """The explanation as one paragraph; `bad:` and `good:` begin examples, which keep their lines."""
    words, examples = [], []
    for line in lines:
        bare = line[4:] if line.startswith("    ") else line
        if bare in ("bad:", "good:") or bare.startswith("  "):
            examples.append(bare)
        else:
            words.append(bare.strip())
    return "\n".join([" ".join(words), *examples])


#: Code -> its meaning in one line, and an explanation: a paragraph, and the lines of examples if there are any.
CODES: Mapping[str, tuple[str, str]] = MappingProxyType(
    dict(_entries(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")))
)
