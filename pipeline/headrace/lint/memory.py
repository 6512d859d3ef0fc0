"""What linting a whole project said last: as long as nothing changed, one listing and one read tell it again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headrace.errors import Diagnostic
from headrace.lint.at_hand import as_it_is
from headrace.plan.cache import Compiled, MadeOf, diagnostic_from_json, diagnostic_json, read_document, write_document
from headrace.plan.environment import in_environment
from headrace.plan.fingerprint import Fingerprint, Look, is_settled
from headrace.plan.loading import Request
from headrace.plan.model import digest_of
from headrace.plan.toolchain import toolchain
from headrace.project import Project

_FOLDER, _LINKED_FOLDER = (-1, 0), (-2, 0)


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything under `conf/` as it was at a moment: relative path -> size in bytes and modification time in ns."""

    conf: Path
    taken: int
    entries: Mapping[str, tuple[int, int]]

    def vouches_for(self, path: str, known: Fingerprint) -> bool:
        """Whether another listing that is equal says that this file is as it was, without looking at it."""
        if not path.startswith(f"{self.conf}{os.sep}") or ".." in path:
            return False
        name = os.path.relpath(path, self.conf)
        if name in self.entries:
            entry = self.entries[name]
            return entry != _LINKED_FOLDER and (entry == _FOLDER or is_settled(entry[1], self.taken))
        parent = os.path.dirname(name)
        while parent and parent not in self.entries:
            parent = os.path.dirname(parent)
        return known is None and (not parent or self.entries[parent] == _FOLDER)


def take_listing(conf: Path) -> Listing:
    """The listing as it is now. Folders that are links are not entered."""
    return Listing(conf, time.time_ns(), dict(_entries(str(conf), "")))


def recall(project: Project, requests: Sequence[Request], listing: Listing) -> tuple[Diagnostic, ...] | None:
    """What was found when these pipelines were linted last, if everything is as it was; else None."""
    known = read_document(_path(project))
    if known is None or known.get("key") != _key(requests, listing):
        return None
    try:
        made_of = MadeOf(known["files"], {}, known["environment"], known["packages"])
        found = tuple(diagnostic_from_json(entry) for entry in known["found"])
        holds = made_of.holds(Look()) and all(as_it_is(path) == was for path, was in known["data"].items())
    except (KeyError, TypeError, ValueError, AttributeError):  # damaged, and yet JSON
        return None
    if not holds:
        return None
    if len(asked := _to_ask(listing, made_of.files)) < len(made_of.files):  # the listing is to be trusted more by now
        write_document(_path(project), {**known, "files": asked})
    return found


def remember(
    project: Project,
    requests: Sequence[Request],
    listing: Listing,
    results: Sequence[Compiled],
    found: Sequence[Diagnostic],
    data: Mapping[str, list[int] | None] | None = None,
) -> None:
    """Keep what was found. The listing is from before anything was read, so that an edit since then will show."""
    files: dict[str, Fingerprint] = {}
    environment: dict[str, str | None] = {}
    packages: dict[str, str] = {}
    for result in results:
        files.update(result.made_of.files)
        environment.update(result.made_of.environment)
        packages.update(result.made_of.packages)
    document: dict[str, Any] = {
        "key": _key(requests, listing),
        "files": _to_ask(listing, files),
        "environment": environment,
        "packages": packages,
        "data": data or {},
        "found": [diagnostic_json(diagnostic) for diagnostic in found],
    }
    write_document(_path(project), document)


def _to_ask(listing: Listing, files: Mapping[str, Fingerprint]) -> dict[str, Fingerprint]:
    return {path: known for path, known in files.items() if not listing.vouches_for(path, known)}


def _path(project: Project) -> Path:
    return project.home / "compiled" / "lint" / "project.json"


def _key(requests: Sequence[Request], listing: Listing) -> str:
    asked = [[request.name, list(in_environment(request.overrides))] for request in requests]
    return digest_of([toolchain(), asked, {name: list(entry) for name, entry in listing.entries.items()}])


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, tuple[int, int]]]:
    try:
        found = list(os.scandir(folder))
    except OSError:
        return
    for entry in found:
        name = f"{prefix}{entry.name}"
        if _is_folder(entry):
            yield name, _LINKED_FOLDER if entry.is_symlink() else _FOLDER
            if not entry.is_symlink():
                yield from _entries(entry.path, f"{name}{os.sep}")
        else:
            yield name, _size_and_time(entry)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def _size_and_time(entry: os.DirEntry[str]) -> tuple[int, int]:
    try:
        stat = entry.stat()
    except OSError:  # a link to nothing
        return 0, 0
    return stat.st_size, stat.st_mtime_ns
