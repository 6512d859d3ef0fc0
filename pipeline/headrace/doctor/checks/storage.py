"""Where the store is: whether it can be written, has room, and behaves as a file system must."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from headrace.doctor.finding import Finding, Patient

_LITTLE = 1e9
_NONE = 1e8


def writable(patient: Patient) -> Iterable[Finding]:
    """Really writes, syncs and deletes a file."""
    if patient.project is None:
        return []
    home = patient.project.home
    try:
        with _folder(home) as folder:
            path = folder / "written"
            with path.open("wb") as file:
                file.write(b"headrace doctor")
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
    except OSError as error:
        remedy = f"make {home} writable for this user, or name another folder with HEADRACE_HOME"
        return [Finding("fail", "store", f"{home}: {error.strerror or error}", remedy)]
    return [Finding("ok", "store", f"{home} can be written")]


def free_space(patient: Patient) -> Iterable[Finding]:
    """Room for tables and models."""
    folder = patient.project.home if patient.project is not None else Path.cwd()
    free = shutil.disk_usage(_existing(folder)).free
    said = f"{free / 1e9:,.1f} GB free"
    if free < _LITTLE:
        remedy = "make room: `headrace gc` says what is no longer needed"
        return [Finding("fail" if free < _NONE else "warn", "disk", said, remedy)]
    return [Finding("ok", "disk", said)]


def file_system(patient: Patient) -> Iterable[Finding]:
    """Whether names that differ in case are two files, locks hold, and files can be linked."""
    if patient.project is None:
        return []
    try:
        with _folder(patient.project.home) as folder:
            return list(_behaviour(folder))
    except OSError:
        return []  # that it cannot be written is another finding


def _behaviour(folder: Path) -> Iterator[Finding]:
    (folder / "case").write_bytes(b"")
    if (folder / "CASE").exists():
        remedy = "give pipelines and columns names that differ in more than case"
        yield Finding("warn", "file system", "names that differ only in case are one file", remedy)
    if not _locks(folder / "lock"):
        remedy = "put the store on a local disk, with HEADRACE_HOME: two runs at once could not wait for each other"
        yield Finding("fail", "file system", "files cannot be locked here", remedy)
        return
    try:
        os.link(folder / "case", folder / "link")
        links = "links"
    except OSError:
        links = "no hard links (slower, and fine)"
    yield Finding("ok", "file system", f"locks hold, {links}")


def _locks(path: Path) -> bool:
    """Whether a second holder is refused while there is a first."""
    from filelock import FileLock, Timeout

    with FileLock(path, timeout=1):
        try:
            with FileLock(path, timeout=0, is_singleton=False):
                return False
        except Timeout:
            return True


@contextmanager
def _folder(home: Path) -> Iterator[Path]:
    """A folder of ours in `home`, which is left as it was."""
    made = not home.exists()
    home.mkdir(parents=True, exist_ok=True)
    folder = home / f".doctor-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if made:
            with suppress(OSError):
                home.rmdir()


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())
