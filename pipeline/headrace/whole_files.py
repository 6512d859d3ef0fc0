"""Files that a reader sees whole or not at all: written beside their place under a name of their own, and renamed."""

from __future__ import annotations

import uuid
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write the file, and its folder if there is none yet. OSError if that cannot be; then nothing is left behind.

    Two processes that write at once each rename a file of their own: the later one stays. Nothing is forced to disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
