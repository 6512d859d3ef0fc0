"""Which commit a change is compared with: a name that a person gave, or what continuous integration says."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from headrace.change.git import Git
from headrace.config.nearest import suggestion
from headrace.errors import UsageError

_DEEPEN = "fetch more of it: git fetch --deepen=100 (in GitHub Actions: `fetch-depth: 0` for actions/checkout)"


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, and the tree of the project's `conf/` in it."""

    asked: str
    """As it was asked for."""
    commit: str
    when: str
    """The committer's date, ISO 8601."""
    prefix: str
    """The project's folder below the top of the repository, with a slash at the end; empty at the top."""
    conf_tree: str
    """Object id of the tree of `conf/`."""

    @property
    def short(self) -> str:
        """The commit as people write it."""
        return self.commit[:10]


class RevisionError(UsageError):
    """A revision that cannot be compared with."""

    code = "HR211"


class NoCommitError(RevisionError):
    """A repository whose history has not begun."""

    code = "HR212"


class NoProjectError(RevisionError):
    """A commit in which the project is not there."""

    code = "HR213"


def find_revision(root: Path, asked: str | None, environ: Mapping[str, str] | None = None) -> Revision:
    """The commit to compare with: `asked`, else what CI names as the pull request's base, else HEAD.

    `REV...` means where the history of REV and HEAD parted. UsageError, with the remedy, for what is no commit here.
    """
    git = Git(root)
    git.require_repository()
    if git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None and asked in (None, "HEAD"):
        raise NoCommitError(
            "the repository has no commits yet", remedy="commit once: a change is told against a commit"
        )
    name, commit = (
        _asked(git, asked) if asked is not None else _default(git, os.environ if environ is None else environ)
    )
    prefix = git.line("rev-parse", "--show-prefix") or ""
    tree = git.line("rev-parse", "--verify", "--quiet", f"{commit}:{prefix}conf")
    if tree is None or git.line("cat-file", "-t", tree) != "tree":
        _require_objects(git, commit)
        raise NoProjectError(
            f"{name} ({commit[:10]}) has no folder {prefix}conf: the project was not there yet",
            remedy="name a later commit with --against",
        )
    when = git.line("log", "-1", "--format=%cI", commit) or ""
    return Revision(name, commit, when, prefix, tree)


def _asked(git: Git, asked: str) -> tuple[str, str]:
    if asked.startswith("-") or not asked.isprintable() or not asked.strip():
        raise RevisionError(f"{asked!r} is not a revision", remedy="name a commit, a branch or a tag")
    base = asked.removesuffix("...")
    commit = _commit(git, base)
    if commit is None:
        raise _unknown(git, base)
    return asked, _parting(git, commit, base) if asked != base else commit


def _default(git: Git, environ: Mapping[str, str]) -> tuple[str, str]:
    """A pull request's merge base where CI says what its base is; HEAD everywhere else."""
    if diff_base := environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):  # GitLab
        return _asked(git, diff_base)
    base = environ.get("GITHUB_BASE_REF", "")
    if not base:
        return _asked(git, "HEAD")
    for name in (f"origin/{base}", base):
        commit = _commit(git, name)
        merge_base = git.line("merge-base", commit, "HEAD") if commit else None
        if merge_base:
            return f"the merge base with {name}", merge_base
    if environ.get("GITHUB_REF", "").endswith("/merge") and (parent := _commit(git, "HEAD^1")):
        return f"{base}, which the pull request is merged into", parent
    raise RevisionError(
        f"this clone does not reach back to where the pull request left {base}", remedy=f"{_DEEPEN}, or use --against"
    )


def _commit(git: Git, name: str) -> str | None:
    return git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def _parting(git: Git, commit: str, name: str) -> str:
    merge_base = git.line("merge-base", commit, "HEAD")
    if merge_base is None:
        remedy = _DEEPEN if _is_shallow(git) else "name a commit of this history with --against"
        raise RevisionError(f"{name} and HEAD have no commit in common here", remedy=remedy)
    return merge_base


def _unknown(git: Git, name: str) -> RevisionError:
    start = re.split(r"[~^@:]", name)[0]
    if start != name and start and not _is_shallow(git) and _commit(git, start):
        return RevisionError(
            f"there is no commit {name} in this repository",
            remedy=f"{start} is there, but what follows it names no commit: its history may not go back so far",
        )
    listed = git.line("for-each-ref", "--format=%(refname:short)", "--count=500") or ""
    known = [ref for ref in listed.splitlines() if ref]
    elsewhere = next((ref for ref in known if ref.endswith(f"/{name}")), None)
    near = f"did you mean {elsewhere}?" if elsewhere else suggestion(name, known)
    deepen = f"this clone is shallow; {_DEEPEN}" if _is_shallow(git) else ""
    hints = [hint for hint in (near, deepen) if hint]
    return RevisionError(
        f"there is no commit {name} in this repository",
        remedy="; ".join(hints) or "name a commit, a branch or a tag that `git log` knows",
    )


def _require_objects(git: Git, commit: str) -> None:
    """A partial clone knows a commit whose trees it does not hold."""
    if git.ask("ls-tree", "--full-tree", commit) is None:
        raise RevisionError(f"the files of {commit[:10]} are not in this clone", remedy=f"git fetch origin {commit}")


def _is_shallow(git: Git) -> bool:
    return git.line("rev-parse", "--is-shallow-repository") == "true"
