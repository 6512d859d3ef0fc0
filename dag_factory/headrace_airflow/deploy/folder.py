"""A built folder on disk: written whole, file by file, and nothing of anybody else's touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from headrace.errors import UsageError
from headrace.whole_files import write_whole
from headrace_airflow.deploy.manifest import DAGS, NAME, PLANS, SITE, Manifest, read_manifest
from headrace_airflow.deploy.rendering import Rendered

#: What a manifest may name: one that was tampered with removes nothing else.
_OURS = re.compile(rf"{re.escape(SITE)}|(?:{PLANS}|{DAGS})/(?!\.)[\w.+-]+\.(?:json|py)")


def write_folder(folder: Path, rendered: Rendered) -> Manifest | None:
    """Write what differs, the manifest last; remove what the folder before had besides. Returns the manifest before.

    UsageError, before anything is written, for a file that is somebody else's.
    """
    before = read_manifest(folder)
    _check_free(folder, rendered.files, before)
    for path, content in rendered.files.items():
        _write(folder / path, content)
    _write(folder / NAME, rendered.manifest.to_bytes())
    _remove(folder, set(before.files if before else ()) - set(rendered.files))
    return before


def altered(folder: Path, manifest: Manifest) -> list[str]:
    """The files of a folder that are not as they were written."""
    return [path for path, known in manifest.files.items() if hash_of(folder / path) != known]


def _check_free(folder: Path, files: Mapping[str, bytes], before: Manifest | None) -> None:
    known = before.files if before else {}
    taken = [path for path, content in files.items() if path not in known and _differs(folder / path, content)]
    if before is None and (folder / NAME).exists():
        taken.append(NAME)
    if taken:
        shown = ", ".join(taken[:3]) + (" …" if taken[3:] else "")
        raise UsageError(
            f"{folder} has files that `headrace dags build` did not write: {shown}",
            remedy="name another folder, or move them away",
        )


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and hash_of(path) != sha256(content).hexdigest()


def hash_of(path: Path) -> str | None:
    """Of the file's content; None for one that is not there."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and only where it differs: Airflow reads the folder meanwhile."""
    with suppress(OSError):
        if path.read_bytes() == content:
            return
    write_whole(path, content)


def _remove(folder: Path, paths: Iterable[str]) -> None:
    for path in paths:
        if _OURS.fullmatch(path):
            (folder / path).unlink(missing_ok=True)
    for name in (PLANS, DAGS):
        with suppress(OSError):  # somebody else's files stay, and their folder with them
            (folder / name).rmdir()
