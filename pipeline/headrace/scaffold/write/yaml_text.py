"""Values as YAML text that reads back as they were, and as a person would write them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][\w ./()%+-]*(?<! )", re.ASCII)
#: Words that YAML, in one version or another, reads as something else than text.
_WORDS = frozenset(
    "null true false yes no on off y n t f nan inf infinity none".split()  # noqa: SIM905 - a list of words
)
_WIDTH = 110


def scalar(value: Any) -> str:
    """One value. Text is quoted where YAML or an interpolation would read something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    return text(str(value))


def text(value: str) -> str:
    """Text in quotes where it needs them; `${` keeps its letters in front of an interpolation."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and " #" not in value and ": " not in value:
        return value
    escaped = _uninterpolated(value)
    return json.dumps(escaped, ensure_ascii=False).replace("\x7f", "\\x7f")


def _uninterpolated(value: str) -> str:
    """OmegaConf reads `${` as the start of a reference, and backslashes in front of it as escapes."""
    return re.sub(r"(\\*)\$\{", lambda match: match[1] * 2 + "\\${", value)


def _number(value: float) -> str:
    shown = repr(value)
    if "e" in shown and "." not in shown:  # 1e-05 is text to YAML 1.1
        shown = shown.replace("e", ".0e")
    return shown


def flow(value: Any) -> str:
    """A value on one line: `{a: 1, b: [x, y]}`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def entry(key: str, value: Any, indent: int = 0, note: str = "") -> list[str]:
    """The lines of one key: on one line where that fits, else a block. `note` becomes a comment on the first line."""
    pad = " " * indent
    line = f"{pad}{scalar(key)}: {flow(value)}"
    remark = f"  # {' '.join(note.split())}" if note else ""
    if len(line) <= _WIDTH or not isinstance(value, Mapping | list | tuple) or not value:
        return [line + remark]
    head = f"{pad}{scalar(key)}:{remark}"
    if isinstance(value, Mapping):
        return [head, *(line for name, item in value.items() for line in entry(name, item, indent + 2))]
    return [head, *(f"{pad}  - {flow(item)}" for item in value)]


def comment(words: str, indent: int = 0) -> list[str]:
    """Words as comment lines of a readable width."""
    import textwrap

    return [f"{' ' * indent}# {line}" for line in textwrap.wrap(" ".join(words.split()), _WIDTH - indent - 2)]
