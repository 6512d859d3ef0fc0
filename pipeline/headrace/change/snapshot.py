"""The configuration of a commit as files in a folder of headrace's own, kept under the id of its tree."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from headrace.change.git import SYMLINK, Entry, Git, MissingObjectError
from headrace.change.revision import Revision, RevisionError
from headrace.project import Project

_KEPT = 8
_HOPS = 8
#: Lies in a folder some of whose files were only Git LFS's pointers.
_INCOMPLETE = "incomplete"
_POINTER = re.compile(rb"\Aversion https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n")


def snapshot(project: Project, revision: Revision) -> Project:
    """The project as it was: `conf/` read from git objects, with a home of its own for what is compiled of it.

    The same tree gives the same folder, so what was compiled of it once is found again. RevisionError if the clone
    lacks a file.
    """
    git, kept = Git(project.root), project.home / "revisions"
    name = revision.conf_tree[:20]
    place = kept / name
    if (place / _INCOMPLETE).exists():  # what was elsewhere may have been fetched since
        shutil.rmtree(place)
    if not (place / "conf").is_dir():
        try:
            entries = git.entries(revision.conf_tree)
            contents = git.contents([entry.oid for entry in entries])
        except MissingObjectError as error:
            message = f"a file of {revision.asked} is not in this clone ({error})"
            raise RevisionError(message, remedy=f"git fetch origin {revision.commit}") from None
        _write(place, {entry.path: _content(git, entry, entries, contents) for entry in entries})
        _forget_old(kept, place)
    return Project(place, place / "home")


def is_pointer(content: bytes) -> bool:
    """Whether a file is Git LFS's pointer to a file that is kept elsewhere."""
    return _POINTER.match(content[:512]) is not None


def _content(git: Git, entry: Entry, entries: tuple[Entry, ...], contents: Mapping[str, bytes]) -> bytes:
    """What a reader of the file sees: through links within the tree, and Git LFS pointers whose file is here."""
    by_path = {item.path: item for item in entries}
    for _ in range(_HOPS):
        if entry.mode != SYMLINK:
            break
        target = _target(entry.path, contents[entry.oid].decode(errors="replace"))
        if target not in by_path:
            break  # it leads out of conf/: its text stands for it, and no link is ever made
        entry = by_path[target]
    content = contents[entry.oid]
    found = _POINTER.match(content[:512])
    return _large_file(git, found[1].decode()) or content if found else content


def _target(path: str, link: str) -> str:
    parts: list[str] = list(PurePosixPath(path).parent.parts)
    for part in link.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ""):
            parts.append(part)
    return "/".join(parts)


def _large_file(git: Git, digest: str) -> bytes | None:
    folder = git.line("rev-parse", "--git-common-dir")
    if folder is None:
        return None
    path = git.folder / folder / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    return path.read_bytes() if path.is_file() else None


def _write(place: Path, files: Mapping[str, bytes]) -> None:
    """All files or none: written beside the place and renamed there."""
    part = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}")
    (part / "conf").mkdir(parents=True)
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or {"..", ".git"} & set(path.parts) or "\\" in name:
            continue  # no checkout would make it either
        target = part / "conf" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    if any(is_pointer(content) for content in files.values()):
        (part / _INCOMPLETE).touch()
    try:
        part.rename(place)
    except OSError:  # another process was first
        shutil.rmtree(part, ignore_errors=True)


def _forget_old(kept: Path, place: Path) -> None:
    others = [folder for folder in kept.iterdir() if folder.is_dir() and folder != place]
    for folder in sorted(others, key=lambda item: item.stat().st_mtime)[: max(0, len(others) - _KEPT + 1)]:
        shutil.rmtree(folder, ignore_errors=True)
