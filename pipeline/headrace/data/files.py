"""Which files a source means: found by path, glob or package, and told apart by content.

Standard library only: this runs whenever somebody asks whether anything changed.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from headrace.data_roots import escape, outside
from headrace.errors import DataError

_PACKAGE = "pkg://"


class World(Protocol):
    """What finding and telling files apart needs of the outside."""

    @property
    def root(self) -> Path:
        """The project folder: relative paths start here."""

    @property
    def digest_file(self) -> Callable[[Path], str]:
        """sha256 of a file's content."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a source."""

    name: str
    """As written, or relative as the pattern was: equal on every machine unless the path is absolute."""
    path: Path


def observe(config: Mapping[str, Any], world: World) -> dict[str, Any]:
    """`{source: {"files": {name: sha256}}}` for an ingest slice; DataError if a source has no file."""
    roots = config.get("data_roots", ())
    return {
        source: {
            "files": {
                file.name: _digest(source, file, world) for file in locate(source, part["path"], world.root, roots)
            }
        }
        for source, part in config["sources"].items()
    }


def _digest(source: str, file: SourceFile, world: World) -> str:
    try:
        return world.digest_file(file.path)
    except OSError as error:
        raise DataError(
            f"{file.name} cannot be read: {error.strerror}", remedy="check its permissions", key=_key(source)
        ) from error


def locate(source: str, written: str, root: Path, data_roots: Sequence[str] = ()) -> tuple[SourceFile, ...]:
    """The files that a source's `path` means, sorted by name; DataError if there are none.

    `written` is a path or glob, absolute or relative to `root`, or `pkg://PACKAGE/FILE` within an installed
    package. The package is found, never imported. Whatever links there are on the way, every file is below `root`,
    below one of `data_roots`, or inside the package: DataError for any other.
    """
    allowed = [root, *(root / folder for folder in data_roots)]
    if written.startswith(_PACKAGE):
        package, _, pattern = written.removeprefix(_PACKAGE).partition("/")
        folders, prefix = _package_folders(source, package), f"{_PACKAGE}{package}/"
        allowed, pattern = folders, pattern.lstrip("/")
        if not pattern or ".." in PurePosixPath(pattern).parts:
            raise _missing(source, f"{written} names no file inside the package", "write pkg://PACKAGE/FILE")
    elif "://" in written:
        raise _missing(source, f"{written} is not a file", "write a path, a glob, or pkg://PACKAGE/FILE")
    elif found := outside(written, root, data_roots):
        raise _missing(source, *found)
    else:
        folders, pattern, prefix = [root], written, ""
    for folder in folders:
        names = _matches(folder, pattern)
        if names:
            return tuple(_inside(source, SourceFile(prefix + name, folder / name), allowed) for name in names)
    raise _not_found(source, written, folders[0] / pattern)


def _inside(source: str, file: SourceFile, allowed: Sequence[Path]) -> SourceFile:
    """The file, if it really is in one of the folders, and is not what headrace itself reads secrets from."""
    from headrace.secrets import FILE_VARIABLE

    if (real := escape(file.path, allowed)) is not None:
        message = f"{file.name} is a link out of the project and its data roots, to {real}"
        raise _missing(source, message, f"put the file itself there, or declare `data_roots: [{real.parent}]`")
    kept = os.environ.get(FILE_VARIABLE)
    if kept and file.path.resolve() == Path(kept).expanduser().resolve():
        raise _missing(source, f"{file.name} is the secrets file", "name a file of data")
    return file


def table_file(source: str, folder: Path) -> Path:
    """Where the rows of a source are kept in a stage's folder; DataError for a name that would lead out of it."""
    from headrace.config.safety.names import file_name_problem

    if why := file_name_problem(source):
        raise DataError(f"the source's name {source!r} {why}", remedy="rename it", key=f"dataset.sources.{source}")
    return folder / f"{source}.parquet"


def _package_folders(source: str, package: str) -> list[Path]:
    try:
        spec = find_spec(package) if package.isidentifier() else None
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise _missing(
            source,
            f"package {package!r} is not installed, so its files cannot be read",
            f"install it (pip install {package}), or correct the name after pkg://",
        )
    return [Path(folder) for folder in spec.submodule_search_locations]


def _matches(folder: Path, pattern: str) -> list[str]:
    if (folder / pattern).is_file():
        return [pattern]
    if not glob.has_magic(pattern):
        return []
    found = glob.glob(pattern, root_dir=folder, recursive=True)
    return sorted(PurePosixPath(name).as_posix() for name in found if (folder / name).is_file())


def _not_found(source: str, written: str, wanted: Path) -> DataError:
    if glob.has_magic(written):
        return _missing(source, f"no file matches {written}", f"patterns are matched in {_existing_parent(wanted)}")
    if wanted.is_dir():
        return _missing(source, f"{written} is a folder", f"name its files, as in {written.rstrip('/')}/*.csv")
    from headrace.config.nearest import suggestion

    parent = _existing_parent(wanted)
    if parent != wanted.parent:
        return _missing(source, f"there is no file {written}", f"there is no folder {wanted.parent}")
    known = sorted(path.name for path in parent.iterdir() if path.is_file() and not path.name.startswith((".", "__")))
    return _missing(source, f"there is no file {written}", suggestion(wanted.name, known) or f"{parent} has no files")


def _existing_parent(path: Path) -> Path:
    return next((parent for parent in path.parents if parent.is_dir()), Path())


def _missing(source: str, message: str, remedy: str) -> DataError:
    return DataError(f"source {source}: {message}", remedy=remedy, key=_key(source))


def _key(source: str) -> str:
    return f"dataset.sources.{source}.path"
