"""What a run sees outside its store: source files, git."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path
from typing import Any

from headrace.whole_files import write_whole


def file_digests(memory: Path) -> Callable[[Path], str]:
    """A function from file to sha256 that remembers by size and modification time, in the file `memory`."""
    known: dict[str, list[Any]] = _load(memory)

    def digest(path: Path) -> str:
        stat = path.stat()
        entry = known.get(str(path))
        if entry is None or entry[:2] != [stat.st_size, stat.st_mtime_ns]:
            with path.open("rb") as file:
                entry = [stat.st_size, stat.st_mtime_ns, file_digest(file, "sha256").hexdigest()]
            known[str(path)] = entry
            _save(memory, known)
        return str(entry[2])

    return digest


def _load(memory: Path) -> dict[str, list[Any]]:
    try:
        document: dict[str, list[Any]] = json.loads(memory.read_bytes())
    except (OSError, ValueError):
        return {}
    return document


def _save(memory: Path, known: dict[str, list[Any]]) -> None:
    write_whole(memory, json.dumps(known).encode())


def git_state(root: Path) -> dict[str, Any]:
    """Commit and dirtiness of the project's repository; empty where there is none."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", *arguments], cwd=root, env=environment, capture_output=True, text=True, timeout=10, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    commit = git("rev-parse", "HEAD")
    if not commit:
        return {}
    return {"commit": commit, "dirty": bool(git("status", "--porcelain", "--untracked-files=no"))}
