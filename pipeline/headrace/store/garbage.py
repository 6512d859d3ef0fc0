"""What a store no longer needs, found first and deleted only when somebody agrees."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path

from headrace.store.local import LocalStore

#: Files younger than this may belong to work that goes on right now.
_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Garbage:
    """What can go: results that no recent run used, files that no result names, and leftovers."""

    actions: tuple[Path, ...]
    blobs: tuple[Path, ...]
    leftovers: tuple[Path, ...]
    size: int
    """Bytes that deleting it frees."""


def find_garbage(store: LocalStore, keep: timedelta) -> Garbage:
    """Everything older than `keep` that no pipeline's latest run, and no running one, has used."""
    kept_keys = set(_used_keys(store, keep))
    border = datetime.now(UTC) - max(keep, _GRACE)
    actions: list[Path] = []
    needed: set[str] = set()
    for path in (store.root / "actions").glob("*/*.json"):
        action = store.load(path)
        is_young = datetime.fromtimestamp(path.stat().st_mtime, UTC) > border
        if action is not None and (action.key in kept_keys or is_young):
            needed.update(output.digest for output in action.outputs.values())
        elif not is_young:
            actions.append(path)
    blobs = [path for path in _blobs(store) if _digest(path) not in needed and _is_old(path, _GRACE)]
    leftovers = [path for path in (store.root / "tmp").glob("*") if _is_old(path, timedelta(days=1))]
    size = sum(path.stat().st_size for path in [*actions, *blobs]) + sum(map(_tree_size, leftovers))
    return Garbage(tuple(actions), tuple(blobs), tuple(leftovers), size)


def delete(garbage: Garbage) -> None:
    """Results first, so that none is ever seen without its files."""
    for path in (*garbage.actions, *garbage.blobs):
        path.unlink(missing_ok=True)
    for path in garbage.leftovers:
        shutil.rmtree(path, ignore_errors=True)


def damaged_blobs(store: LocalStore) -> Iterator[Path]:
    """Stored files whose content is not what their name says."""
    for path in _blobs(store):
        with path.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != _digest(path):
                yield path


def _used_keys(store: LocalStore, keep: timedelta) -> Iterator[str]:
    latest = {document["run_id"] for _, document in store.documents("latest")}
    border = (datetime.now(UTC) - keep).isoformat()
    for run_id, document in store.documents("runs"):
        if run_id in latest or document["status"] == "running" or document["started"] > border:
            yield from (noted["key"] for _, noted in store.documents(f"runs/{run_id}") if noted["key"])


def _blobs(store: LocalStore) -> Iterator[Path]:
    return (path for path in sorted((store.root / "blobs").glob("*/*")) if path.is_file())


def _digest(path: Path) -> str:
    return path.parent.name + path.name


def _is_old(path: Path, age: timedelta) -> bool:
    return time.time() - path.stat().st_mtime > age.total_seconds()


def _tree_size(folder: Path) -> int:
    return sum(os.path.getsize(os.path.join(base, name)) for base, _, names in os.walk(folder) for name in names)
