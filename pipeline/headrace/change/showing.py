"""How a configuration value is shown to people: short, on one line, and never what must stay secret."""

from __future__ import annotations

import json
import re
from typing import Any

from headrace.counted import counted
from headrace.tracking.settings import without_credentials

#: A value that is not there at all, which `null` is.
ABSENT = object()

_LONGEST = 72
_PLAIN = re.compile(r"[A-Za-z_/@.][\w ./:@+%*-]*")
_REFERENCE = re.compile(r"\$\{secret:[^}]*\}")
_SENSITIVE = re.compile(r"passw(or)?d|secret|token|api_?key|access_?key|credential|private_?key", re.IGNORECASE)
#: What follows the question mark of an address: a token as often as not.
_QUERY = re.compile(r"(?<=://)([^?\s]*)\?\S+")
_YAML_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "~")
HIDDEN = "(hidden)"


def shown(path: str, value: Any) -> str | None:
    """The value as YAML on one line, cut where it is long; None for one that is not there.

    A text under a key that names a secret is hidden, as is the path of a webhook's address: many carry their token
    there. `${secret:NAME}` is a reference and is shown.
    """
    if value is ABSENT:
        return None
    return _cut(_flow(path, value))


def _flow(path: str, value: Any) -> str:
    if isinstance(value, str):
        return _text(path, value)
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_text('', str(key))}: {_flow(f'{path}.{key}', item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(path, item) for item in value) + "]"
    return json.dumps(value)


def _text(path: str, value: str) -> str:
    lines = value.splitlines()
    if _is_sensitive(path, value):
        return HIDDEN
    if path.startswith("notify") and path.endswith(".url"):
        value = _origin(value)
    elif len(lines) > 1:
        more = len(lines) - 1
        return f"{_quoted(lines[0][:_LONGEST])} and {counted(more, 'more line')}"
    return _quoted(_QUERY.sub(r"\1?…", without_credentials(value)))


def _is_sensitive(path: str, value: str) -> bool:
    return bool(_SENSITIVE.search(path.rpartition(".")[2])) and not _REFERENCE.fullmatch(value)


def _origin(url: str) -> str:
    """Scheme and host of an address; what a reference to a secret stands for is not known anyway."""
    if _REFERENCE.search(url):
        return url
    scheme, separator, rest = without_credentials(url).partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.partition('?')[0]}{slash}{'…' if path else ''}"


def _quoted(text: str) -> str:
    """As YAML would have it, with everything that a terminal might obey written out."""
    if _REFERENCE.fullmatch(text) or (
        _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS and text == text.strip()
    ):
        return text
    return "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}"
        for character in json.dumps(text, ensure_ascii=False)
    )


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST - 1]}… ({len(text):,} characters)"
