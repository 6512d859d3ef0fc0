"""A small project in a real git repository, whose files a test changes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config_folder import FILES, ProjectFolder
from headrace.change.compare import what_changes
from headrace.change.document import Change, PipelineChange
from headrace.project import Project

#: Two days before clocks go forward in Berlin.
NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)

_IDENTITY = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@localhost",
    "GIT_AUTHOR_DATE": "2026-03-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@localhost",
    "GIT_COMMITTER_DATE": "2026-03-01T12:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Repository(ProjectFolder):
    """A project below a repository's top, or at it."""

    top: Path

    @property
    def project(self) -> Project:
        return Project(self.root, self.root / ".headrace")

    def git(self, *words: str) -> str:
        return git(self.top, *words)

    def commit(self, message: str = "a commit") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def change(self, *names: str, against: str | None = "HEAD", now: datetime = NOW) -> Change:
        return what_changes(self.project, names, against, now)

    def only(self, against: str | None = "HEAD") -> PipelineChange:
        """The change of the one pipeline that changes."""
        (found,) = self.change(against=against).pipelines
        return found


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **_IDENTITY}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def repository(top: Path, below: str = "", files: dict[str, str] | None = None) -> Repository:
    """The project of `config_folder`, committed once."""
    root = top / below
    root.mkdir(parents=True, exist_ok=True)
    git(top, "init", "--quiet", "--initial-branch=main")
    made = Repository(root, top)
    made.write({**(FILES if files is None else files), ".gitignore": ".headrace\n"})
    made.commit("the first")
    return made


def state_of(repository: Repository) -> Sequence[str]:
    """What a look at the past must leave alone: index, refs, files."""
    index = (repository.top / ".git" / "index").read_bytes().hex()
    return index, repository.git("for-each-ref"), repository.git("--no-optional-locks", "status", "--porcelain")
