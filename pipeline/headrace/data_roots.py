"""Which folders a source may read: the project, and those that it declares. Standard library only."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from pathlib import Path

#: Folders of the system, which no declaration opens.
SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/boot", "/run/secrets", "/var/run/secrets", "/root/.ssh")


def is_within(path: str, folder: str) -> bool:
    """Whether a normal, absolute path is that folder or below it."""
    return path == folder or path.startswith(folder.rstrip(os.path.sep) + os.path.sep)


def outside(written: str, root: Path, data_roots: Sequence[str]) -> tuple[str, str] | None:
    """What is wrong with the path of a source as it is written, and the remedy; None if it stays inside.

    Links are not followed: `escape` does that with the files that are found.
    """
    path = os.path.normpath(root / written)
    if any(is_within(path, system) for system in SYSTEM):
        return f"`{written}` is a part of the system, not data", "name a file of data"
    if any(is_within(path, os.path.normpath(root / folder)) for folder in ("", *data_roots)):
        return None
    message = f"`{written}` is outside the project" + (" and its data roots" if data_roots else "")
    folder = os.path.dirname(path.partition("*")[0])
    if is_within(os.path.normpath(root), folder):
        return (
            message,
            "move the data into the project, or into a folder that `data_roots` in conf/config.yaml declares",
        )
    shown = folder if os.path.isabs(written) else os.path.relpath(folder, root)
    return message, f"move the data into the project, or declare `data_roots: [{shown}]` in conf/config.yaml"


def escape(path: Path, folders: Sequence[Path]) -> Path | None:
    """Where a file really is, if links lead out of all these folders; None if it is inside."""
    real = path.resolve()
    inside = any(real.is_relative_to(folder.resolve()) for folder in folders)
    system = any(is_within(str(real), folder) for folder in SYSTEM)
    return None if inside and not system else real
