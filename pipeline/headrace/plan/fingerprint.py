"""Has a file changed? Asked by size and time first, by content only where those differ."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

#: Size in bytes, modification time in ns, sha256: `None` for a file that is not there.
Fingerprint = list[Any] | None


def fingerprint(path: str) -> Fingerprint:
    """What to remember of a file."""
    try:
        stat = os.stat(path)
        with open(path, "rb") as file:
            return [stat.st_size, stat.st_mtime_ns, file_digest(file, "sha256").hexdigest()]
    except OSError:
        return None


def fingerprints(paths: Iterable[Path]) -> dict[str, Fingerprint]:
    """What to remember of several files, by their path."""
    return {str(path): fingerprint(str(path)) for path in paths}


def unchanged(remembered: Mapping[str, Fingerprint]) -> bool:
    """Whether every file is still as it was remembered."""
    return all(_is_same(path, known) for path, known in remembered.items())


def _is_same(path: str, known: Fingerprint) -> bool:
    try:
        stat = os.stat(path)
    except OSError:
        return known is None
    if known is None:
        return False
    return [stat.st_size, stat.st_mtime_ns] == known[:2] or fingerprint(path) == [
        stat.st_size,
        stat.st_mtime_ns,
        known[2],
    ]
