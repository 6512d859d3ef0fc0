"""The files below conf/, as files: which there are, and what keeps one from being read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from headrace.config.file_kind import unreadable
from headrace.errors import Diagnostic, Place

#: What editors and merge tools leave beside a file, and hidden files: nobody takes them for options.
_LEFTOVER = re.compile(r"\..*|.*~|#.*#|.*\.(?:orig|rej|bak|swp|tmp)")
_YAML = ".yaml"
_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A file below conf/: its path, its config path (`model/ridge`), and how messages name it."""

    path: Path
    config_path: str
    shown: str


def files_of(conf: Path, root: Path) -> Iterator[Found]:
    """Every YAML and SQL file, in a fixed order; what bears such a name and cannot be read is among them."""
    for path in _everything(conf):
        if path.suffix in (_YAML, ".sql"):
            below = path.relative_to(conf)
            name = below.with_suffix("") if path.suffix == _YAML else below
            yield Found(path, name.as_posix(), path.relative_to(root).as_posix())


def misplaced(conf: Path, root: Path) -> Iterator[Diagnostic]:
    """Files whose names or places keep them from being what they seem."""
    twins: dict[str, str] = {}
    for path in _everything(conf):
        shown = path.relative_to(root).as_posix()
        named = _Named(path, conf, Place(_printable(shown)))
        if path.is_symlink() and path.is_dir():
            yield from named.of_linked_folder()
        elif path.suffix.lower() in (".yaml", ".yml"):
            yield from named.problems()
        earlier = twins.setdefault(shown.casefold(), shown)
        if earlier != shown:
            message = f"the name differs from {earlier} only in case: on many disks the two are one file"
            yield Diagnostic("HR139", message, named.place, "rename one of the two")


@dataclass(frozen=True, slots=True)
class _Named:
    path: Path
    conf: Path
    place: Place

    def problems(self) -> Iterator[Diagnostic]:
        path, place = self.path, self.place
        if path.suffix != _YAML:
            remedy = f"rename it to {_printable(path.stem)}{_YAML}"
            yield Diagnostic("HR124", f"nothing reads a file that ends in {path.suffix}", place, remedy)
        elif not _NAME.fullmatch(path.stem):
            message = f"{path.stem!r} is no name for an option or a pipeline"
            remedy = "rename it: letters, digits, `_`, `-` and `.`, with a letter or digit first"
            yield Diagnostic("HR139", message, place, remedy)
        elif self._is_deep_pipeline():
            remedy = f"move it to {self.conf.name}/pipeline/{path.name}"
            yield Diagnostic("HR124", "pipelines lie in conf/pipeline itself, not below it", place, remedy)

    def of_linked_folder(self) -> Iterator[Diagnostic]:
        target = self.path.resolve()
        if not target.is_relative_to(self.conf.resolve()):
            message = f"a link that leaves {self.conf.name}/: it leads to {target}"
            yield Diagnostic("HR109", message, self.place, "copy the folder here: configuration lies below its own")
        elif self.path.parent.resolve().is_relative_to(target):
            message = "a link that leads back to a folder above it"
            yield Diagnostic("HR109", message, self.place, "delete the link")

    def _is_deep_pipeline(self) -> bool:
        parts = self.path.relative_to(self.conf).parts
        return len(parts) > 2 and parts[0] == "pipeline" and self.path.is_file()


def unfit(found: Found, conf: Path) -> Diagnostic | None:
    """Why a file cannot be read at all; None if it can."""
    return unreadable(found.path, _printable(found.shown), conf)


def _everything(conf: Path) -> Iterator[Path]:
    """Files, and whatever bears the name of one. Links to folders are not followed; Hydra does not list them either."""
    for folder, folders, files in os.walk(conf):
        folders[:] = sorted(name for name in folders if not _LEFTOVER.fullmatch(name) and name != "__pycache__")
        folders[:], links = [[n for n in folders if Path(folder, n).is_symlink() is linked] for linked in (False, True)]
        for name in sorted([*files, *links, *(name for name in folders if name.endswith(_YAML))]):
            if not _LEFTOVER.fullmatch(name):
                yield Path(folder, name)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
