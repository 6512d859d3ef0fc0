"""Which data will be read: the sources that are new, gone, declared otherwise or read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from headrace.change.document import SourceRead
from headrace.change.showing import shown
from headrace.change.snapshot import is_pointer
from headrace.errors import DataError
from headrace.plan.model import Plan


def source_reads(before: Plan | None, after: Plan, root: Path) -> tuple[SourceRead, ...]:
    """Sources of an ingest that runs again; none if it does not. Files are looked at, not read."""
    old, new = _sources(before), _sources(after)
    if old == new:
        return ()
    return tuple(_reads(old, new, root))


def _sources(plan: Plan | None) -> Mapping[str, Any]:
    """What the ingest stage is told of the sources: the rest of what is declared of them reads no data."""
    ingests = [stage for stage in plan.stages if stage.type == "ingest"] if plan else []
    sources: Mapping[str, Any] = ingests[0].config["sources"] if ingests else {}
    return sources


def _reads(old: Mapping[str, Any], new: Mapping[str, Any], root: Path) -> Iterator[SourceRead]:
    for name, declared in new.items():
        fate = "new" if name not in old else "read again" if old[name] == declared else "changed"
        files, size, note = _on_disk(name, declared["path"], root)
        yield SourceRead(name, _path(declared["path"]), fate, files, size, note)  # type: ignore[arg-type]
    for name, declared in old.items():
        if name not in new:
            yield SourceRead(name, _path(declared["path"]), "removed")


def _path(path: str) -> str:
    return shown("path", path) or ""


def _on_disk(name: str, path: str, root: Path) -> tuple[int | None, int | None, str]:
    """Number of files, their bytes, and what is odd about them."""
    from headrace.data.files import locate

    try:
        found = [file.path for file in locate(name, path, root)]
        size = sum(file.stat().st_size for file in found)
        pointers = [file for file in found if file.stat().st_size < 1024 and is_pointer(file.read_bytes())]
    except (DataError, OSError):
        return None, None, "not on this machine"
    if pointers:
        return len(found), None, "Git LFS pointers here: the files are elsewhere"
    return len(found), size, ""
