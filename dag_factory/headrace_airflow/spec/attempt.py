"""What is remembered of work that has not come to a good end: since when, and whether it is worth another try yet."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from headrace.plan.cache import read_document, write_document
from headrace.plan.model import digest_of
from headrace.project import Project

#: Seconds until what failed is tried again; doubled with each failure, up to the longest.
_DELAY, _LONGEST = 30.0, 600.0
_UNTOLD = "its process ended without a word: it was killed, or ran out of memory"


class Attempt(NamedTuple):
    """The last one, which has not come to a good end."""

    first: float
    """When the first one began, in seconds since 1970; later ones of the same configuration only repeat it."""
    begun: float
    tries: int
    """How many have been begun."""
    configuration: str
    """Identity of the configuration that it found."""
    why: str = _UNTOLD

    @property
    def was_told(self) -> bool:
        """Whether the process itself said why it failed."""
        return self.why != _UNTOLD

    @property
    def since(self) -> str:
        """When it began, for a page that must not change from one try to the next."""
        return datetime.fromtimestamp(self.first, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

    def is_worth_another(self, project: Project) -> bool:
        """Whether to try again: after a while, or because somebody has changed something."""
        delay: float = min(_DELAY * 2 ** (self.tries - 1), _LONGEST)
        waited = time.time() - self.begun
        return not 0 <= waited < delay or configuration(project) != self.configuration


def last(folder: Path) -> Attempt | None:
    """The last one of the work in that folder; None if all is well."""
    document = read_document(_path(folder))
    try:
        return Attempt(**document) if document else None
    except TypeError:
        return None


def begin(folder: Path, project: Project) -> None:
    """Note that one begins: should it end without a word, this says so."""
    now, before, found = time.time(), last(folder), configuration(project)
    again = before if before and before.configuration == found else None
    _write(folder, Attempt(again.first if again else now, now, again.tries + 1 if again else 1, found))


def failed(folder: Path, why: str) -> None:
    """Note why the one that was begun came to nothing."""
    begun = last(folder)
    if begun is not None:
        _write(folder, begun._replace(why=why))


def succeeded(folder: Path) -> None:
    """Nothing is left to say."""
    _path(folder).unlink(missing_ok=True)


def configuration(project: Project) -> str:
    """Identity of the configuration, by names, sizes and times only: any change is reason enough for a try."""
    return digest_of(sorted(_entries(str(project.conf))))


def _entries(folder: str) -> Iterator[list[str | int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            yield from _entries(entry.path)
        else:
            found = entry.stat(follow_symlinks=False)
            yield [entry.path, found.st_size, found.st_mtime_ns]


def _write(folder: Path, attempt: Attempt) -> None:
    write_document(_path(folder), attempt._asdict())


def _path(folder: Path) -> Path:
    return folder / "attempt.json"
