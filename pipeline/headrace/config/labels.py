"""Labels and annotations by Kubernetes' syntax.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_LETTERS = "letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit at both ends"
#: By these headrace, and whoever cleans up, finds its own containers and pods.
_OWN = ("headrace/", "app.kubernetes.io/managed-by")


def wrong_key(key: str) -> tuple[str, str] | None:
    """What is wrong with the key of a label or an annotation, and the remedy."""
    prefix, slash, name = key.rpartition("/")
    if not _NAME.fullmatch(name) or (slash and not _PREFIX.fullmatch(prefix)):
        return "is no key of a label", f"write {_LETTERS}; before it may stand a domain and `/`, as in example.com/team"
    return None


def own_key(key: str) -> tuple[str, str] | None:
    """What is wrong with a label that headrace sets itself, and the remedy."""
    return ("is a label that headrace sets itself", "choose another key") if key.startswith(_OWN) else None


def wrong_value(value: str) -> tuple[str, str] | None:
    """What is wrong with the value of a label, and the remedy."""
    if value and not _NAME.fullmatch(value):
        return f"cannot be {value!r}", f"a label is {_LETTERS}; `annotations` take any text"
    return None
