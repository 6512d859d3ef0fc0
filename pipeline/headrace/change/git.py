"""git, asked for objects only: nothing here writes to the working tree, the index, a ref or the object database."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from headrace.errors import UsageError

#: Kept out of git's way: optional locks, prompts, helpers that a repository's configuration may start, the network.
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "protocol.allow=never")
_TIMEOUT = 60
#: Modes of tree entries that are files; a submodule (160000) is another repository and is left alone.
_FILE_MODES = ("100644", "100755", "120000")
SYMLINK = "120000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: its mode, the id of its content, and its path below the tree."""

    mode: str
    oid: str
    path: str


class MissingObjectError(Exception):
    """An object that this clone does not hold."""


@dataclass(frozen=True, slots=True)
class Git:
    """The repository around a folder."""

    folder: Path

    def ask(self, *words: str, given: bytes | None = None) -> bytes | None:
        """What git answers; None if it says no."""
        done = self._run(words, given)
        return done.stdout if done.returncode == 0 else None

    def line(self, *words: str) -> str | None:
        """The answer as one stripped line; None if git says no, or nothing."""
        answer = self.ask(*words)
        return answer.decode(errors="replace").strip() or None if answer is not None else None

    def require_repository(self) -> None:
        """UsageError unless git is installed and the folder is in a repository that it is willing to read."""
        done = self._run(("rev-parse", "--git-dir"), None)
        if done.returncode == 0:
            return
        said = done.stderr.decode(errors="replace").strip()
        if "dubious ownership" in said:
            remedy = f"if you trust it: git config --global --add safe.directory {self.folder}"
            raise not_readable(f"git refuses to read {self.folder}: the folder belongs to another user", remedy)
        raise not_readable(
            f"{self.folder} is not in a git repository, so there is nothing to compare with",
            "run `git init` and commit, or run the command in a clone",
        )

    def entries(self, tree: str) -> tuple[Entry, ...]:
        """Every file below a tree, submodules left out; MissingObjectError if a part of it is not in this clone."""
        listed = self.ask("ls-tree", "-r", "-z", "--full-tree", tree)
        if listed is None:
            raise MissingObjectError(tree)
        return tuple(_entries(listed))

    def contents(self, oids: Sequence[str]) -> Mapping[str, bytes]:
        """Object id -> content; MissingObjectError if one is not in this clone."""
        unique = list(dict.fromkeys(oids))
        if not unique:
            return {}
        answer = self.ask("cat-file", "--batch", given="".join(f"{oid}\n" for oid in unique).encode())
        if answer is None:
            raise MissingObjectError(unique[0])
        return dict(_objects(answer, unique))

    def _run(self, words: Sequence[str], given: bytes | None) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", *_SETTINGS, *words],
                cwd=self.folder,
                env=_environment(self.folder),
                input=given if given is not None else b"",
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except FileNotFoundError as error:
            raise not_readable("git is not installed, or not on the PATH", "install git") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise not_readable(f"git did not answer: {error}", "look whether `git status` works here") from error


def _environment(folder: Path) -> dict[str, str]:
    """Ours, kept quiet. A hook's GIT_DIR is relative to where the hook runs, and makes any folder the top."""
    environment = {**os.environ, **_QUIET}
    named = environment.get("GIT_DIR")
    if named is None:
        return environment
    found = {name: value for name, value in environment.items() if name not in ("GIT_DIR", "GIT_WORK_TREE")}
    around = subprocess.run(
        ["git", "rev-parse", "--absolute-git-dir"], cwd=folder, env=found, capture_output=True, text=True, check=False
    )
    if around.returncode == 0 and os.path.realpath(around.stdout.strip()) == os.path.realpath(named):
        return found
    return {**environment, "GIT_DIR": os.path.abspath(named)}


class GitError(UsageError):
    """The repository cannot be read."""

    code = "HR210"


def not_readable(message: str, remedy: str) -> GitError:
    """The error for a repository that cannot be read."""
    return GitError(message, remedy=remedy)


def _entries(listed: bytes) -> Iterator[Entry]:
    for record in listed.split(b"\0"):
        if record:
            head, _, path = record.partition(b"\t")
            mode, _, oid = head.decode().split(" ")
            if mode in _FILE_MODES:
                yield Entry(mode, oid, path.decode("utf-8", errors="surrogateescape"))


def _objects(answer: bytes, oids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    start = 0
    for oid in oids:
        end = answer.index(b"\n", start)
        head = answer[start:end].split(b" ")
        if len(head) != 3:
            raise MissingObjectError(oid)
        size = int(head[2])
        yield oid, answer[end + 1 : end + 1 + size]
        start = end + 1 + size + 1
