"""What differs beside the configuration and is not compared: headrace's own code, and declared package versions."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import new
from pathlib import Path, PurePosixPath

import headrace
from headrace.change.git import Entry, Git
from headrace.change.revision import Revision
from headrace.project import Project

#: Files of a project that say which packages it runs with.
_PACKAGES = ("requirements.txt", "requirements-dev.txt", "uv.lock", "poetry.lock", "pyproject.toml", "environment.yml")


def surroundings(project: Project, revision: Revision) -> Iterator[str]:
    """A note for each thing that makes the two sides less comparable than they look."""
    git = Git(project.root)
    package = Path(headrace.__file__).parent
    if package.is_relative_to(project.root) and _differs(
        git, revision, package.relative_to(project.root).as_posix(), project
    ):
        yield (
            "headrace's own code differs too: both sides are compiled with the code that is here now, "
            "and stages whose code changed run again as well"
        )
    changed = [name for name in _PACKAGES if _file_differs(git, revision, name, project.root)]
    if changed:
        yield (
            f"{', '.join(changed)} differ{'s' if len(changed) == 1 else ''}: both sides are planned with the packages "
            "that are installed here; other versions make stages run again"
        )


def _differs(git: Git, revision: Revision, folder: str, project: Project) -> bool:
    listed = git.ask("ls-tree", "-r", "-z", "--full-tree", f"{revision.commit}:{revision.prefix}{folder}")
    if listed is None:
        return True
    known = {entry.path: entry for entry in git.entries(f"{revision.commit}:{revision.prefix}{folder}")}
    root = project.root / folder
    present = {
        path.relative_to(root).as_posix(): path
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    code = {name for name in known | present if PurePosixPath(name).suffix == ".py"}
    return any(name not in known or name not in present or not _is(known[name], present[name]) for name in code)


def _file_differs(git: Git, revision: Revision, name: str, root: Path) -> bool:
    oid = git.line("rev-parse", "--verify", "--quiet", f"{revision.commit}:{revision.prefix}{name}")
    path = root / name
    if oid is None or not path.is_file():
        return (oid is None) == path.is_file()
    return not _is(Entry("100644", oid, name), path)


def _is(entry: Entry, path: Path) -> bool:
    """Whether a file is the object, with its own line ends or with git's."""
    content = path.read_bytes()
    return entry.oid in (_oid(content, len(entry.oid)), _oid(content.replace(b"\r\n", b"\n"), len(entry.oid)))


def _oid(content: bytes, length: int) -> str:
    """git's name for a file's content: a checksum of identity, not of trust."""
    digest = new("sha1" if length == 40 else "sha256", usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content))
    digest.update(content)
    return digest.hexdigest()
