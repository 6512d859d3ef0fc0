"""Has a file changed? Asked by size and time first, by content only where those differ or cannot be trusted yet."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from hashlib import file_digest, sha256
from stat import S_ISDIR
from typing import Any

#: Size in bytes, modification time in ns (None: too fresh to be trusted), sha256. `None` for a file that is not there.
Fingerprint = list[Any] | None

#: A file that was modified less than this many ns before it was looked at may be modified again within the same tick
#: of its file system's clock: its time says nothing until it was looked at later.
SETTLING = 2_000_000_000


def fingerprint(path: str) -> Fingerprint:
    """What to remember of a file; a folder has no content, only its being there."""
    now = time.time_ns()
    try:
        found = os.stat(path)
        if S_ISDIR(found.st_mode):
            return [0, None, "folder"]
        with open(path, "rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns if is_settled(found.st_mtime_ns, now) else None, digest]


def is_settled(modified: int, now: int) -> bool:
    """Whether a modification time is old enough to stand for the content. One in the future is not."""
    return modified < now - SETTLING


def names_in(folder: str) -> str | None:
    """A digest of the names in a folder and of which of them are folders; None where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries)
    except OSError:
        return None
    return sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()


class Look:
    """One look at the disk: whatever is asked for several times is read once."""

    def __init__(self) -> None:
        self._stats: dict[str, os.stat_result | None] = {}
        self._prints: dict[str, Fingerprint] = {}
        self._folders: dict[str, str | None] = {}

    def unchanged(self, remembered: Mapping[str, Fingerprint]) -> bool:
        """Whether every file is still as it was remembered."""
        return all(self._is_same(path, known) for path, known in remembered.items())

    def same_names(self, folders: Mapping[str, str | None]) -> bool:
        """Whether every folder still has the names that it had."""
        return all(self._names(folder) == known for folder, known in folders.items())

    def refreshed(self, remembered: Mapping[str, Fingerprint]) -> dict[str, Fingerprint]:
        """What to remember of files that are unchanged, where it can be trusted more by now; else nothing."""
        return {
            path: now
            for path, known in remembered.items()
            if path in self._prints and (now := self._prints[path]) != known and now is not None and now[1] is not None
        }

    def _is_same(self, path: str, known: Fingerprint) -> bool:
        stat = self._stat(path)
        if stat is None or known is None:
            return stat is None and known is None
        if stat.st_size == known[0] and stat.st_mtime_ns == known[1]:
            return True
        now = self._fingerprint(path)
        return now is not None and [now[0], now[2]] == [known[0], known[2]]

    def _stat(self, path: str) -> os.stat_result | None:
        if path not in self._stats:
            try:
                self._stats[path] = os.stat(path)
            except OSError:
                self._stats[path] = None
        return self._stats[path]

    def _fingerprint(self, path: str) -> Fingerprint:
        if path not in self._prints:
            self._prints[path] = fingerprint(path)
        return self._prints[path]

    def _names(self, folder: str) -> str | None:
        if folder not in self._folders:
            self._folders[folder] = names_in(folder)
        return self._folders[folder]


def unchanged(remembered: Mapping[str, Fingerprint]) -> bool:
    """Whether every file is still as it was remembered."""
    return Look().unchanged(remembered)
