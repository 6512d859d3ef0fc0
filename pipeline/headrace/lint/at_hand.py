"""Sources whose files are at hand: what their first line says of the columns that the configuration names.

Nothing here is needed for a plan, which is the same on every machine; so all of it is a warning, and where a file is
not on this machine nothing is said. One line of each source is read. Interpreters of the project are looked for too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from headrace.errors import DataError, Diagnostic
from headrace.lint.interpreters import files_of, not_there
from headrace.plan.cache import Compiled, read_document, write_document
from headrace.plan.model import digest_of
from headrace.plan.toolchain import toolchain
from headrace.project import Project

if TYPE_CHECKING:
    from headrace.config.composed import Composed
    from headrace.config.schema.dataset import CsvSource, Source
    from headrace.plan.model import Plan

_PACKAGE = "pkg://"
_SEPARATORS = ",;\t| "


@dataclass(slots=True)
class Seen:
    """What the files at hand tell."""

    problems: list[Diagnostic] = field(default_factory=list)
    files: dict[str, list[int] | None] = field(default_factory=dict)
    """File that was looked into -> its size in bytes and modification time in ns: see `as_it_is`."""

    @property
    def lasts(self) -> bool:
        """Whether it holds until one of the files changes; one that is missing may come at any time, anywhere."""
        return not self.problems


def as_it_is(path: str) -> list[int] | None:
    """Size and modification time; None for a file that is not there. Data are too large to look further."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def look(project: Project, results: Sequence[Compiled], *, whole: bool) -> Seen:
    """Hold every pipeline that has a plan against the files that its sources name.

    Of what was found to be right in the `whole` project, nothing is looked into again until it or the files change.
    """
    path = project.home / "compiled" / "lint" / "at_hand.json"
    known = read_document(path) or {}
    before = known.get("right", {}) if known.get("toolchain") == toolchain() else {}
    now: dict[str, dict[str, list[int] | None]] = {}
    stats = cache(as_it_is)
    seen = Seen()
    for plan in (result.plan for result in results if result.plan is not None):
        key = digest_of(plan.spec)
        files = before.get(key)
        if files is None or any(stats(file) != was for file, was in files.items()):
            one = Seen()
            problems = list(_of_plan(project, plan, one))
            seen.problems += [replace(problem, pipeline=plan.pipeline) for problem in problems]
            files = None if problems else one.files
            seen.files |= one.files
        if files is not None:
            now[key] = files
            seen.files |= files
    if whole and now != before:
        write_document(path, {"toolchain": toolchain(), "right": now})
    return seen


def _of_plan(project: Project, plan: Plan, seen: Seen) -> Iterator[Diagnostic]:
    from headrace.config import columns
    from headrace.config.composed import Composed
    from headrace.plan.holes import typed_spec

    spec = typed_spec(plan)
    composed = Composed({}, dict(plan.places), (), texts=_Texts(project.root), root=project.root)
    for interpreter in files_of(spec, project.root):
        seen.files.setdefault(str(interpreter), as_it_is(str(interpreter)))
    yield from not_there(spec, composed)
    known: dict[str, tuple[str, ...]] = {}
    for name, source in spec.dataset.sources.items():
        try:
            file = _file_of(name, source, project.root, spec.data_roots)
            if file is None or source.type != "csv":
                continue
            seen.files.setdefault(str(file), as_it_is(str(file)))
            first = _first_line(name, source, file)
        except DataError as error:
            place = composed.place_of(error.key or f"dataset.sources.{name}")
            yield composed.diagnostic("HR191", str(error), place, error.remedy or "", "warning")
            continue
        if wrong := _contradiction(source, first, file.name):
            key, message, remedy = wrong
            place = composed.place_of(f"dataset.sources.{name}.{key}")
            yield composed.diagnostic("HR191", message, place, remedy, "warning")
        elif source.columns is None:
            known[name] = first
    if known:
        told = {
            name: source.model_copy(update={"columns": known.get(name, source.columns)})
            for name, source in spec.dataset.sources.items()
        }
        dataset = spec.dataset.model_copy(update={"sources": told})
        found = list(columns.problems(spec.model_copy(update={"dataset": dataset}), composed))
        yield from _told(found, known, composed)


def _told(found: Sequence[Diagnostic], known: Mapping[str, Sequence[str]], composed: Composed) -> Iterator[Diagnostic]:
    """One problem for a file that lacks most of what is asked of it: it is another file than was meant."""
    for name, there in known.items():
        own = [problem for problem in found if f"source `{name}` has no column" in problem.message]
        if len(own) >= max(3, len(there)):
            message = f"the file of `{name}` has none of {len(own)} columns that are named: is it another one?"
            place = composed.place_of(f"dataset.sources.{name}.path")
            yield composed.diagnostic("HR191", message, place, f"its columns are {', '.join(there[:20])}", "warning")
            found = [problem for problem in found if problem not in own]
    yield from (replace(problem, severity="warning") for problem in found)


def _file_of(name: str, source: Source, root: Path, data_roots: Sequence[str]) -> Path | None:
    """The first file of a source; None where it is not on this machine, DataError where it is misnamed."""
    from headrace.data.files import locate

    try:
        return locate(name, source.path, root, data_roots)[0].path
    except DataError as error:
        if (told := _misnamed(error, source.path, root)) is not None:
            raise told from None
        return None


def _misnamed(error: DataError, written: str, root: Path) -> DataError | None:
    """The error where the surroundings of a missing file say that its name is wrong, and not that it is elsewhere."""
    from headrace.config.nearest import nearest

    if written.startswith(_PACKAGE):
        package = written.removeprefix(_PACKAGE).partition("/")[0]
        try:
            if package.isidentifier() and find_spec(package) is not None:
                return error
        except (ImportError, ValueError):
            return None
        close = nearest(package, [module.name for module in iter_modules() if module.ispkg], cutoff=0.75)
        return DataError(str(error), remedy=f"did you mean {_PACKAGE}{close[0]}?", key=error.key) if close else None
    try:
        names = [entry.name for entry in (root / written).parent.iterdir() if entry.is_file()]
    except (OSError, ValueError):
        return None
    return error if nearest(PurePosixPath(written).name, names, cutoff=0.8) else None


def _first_line(name: str, source: CsvSource, path: Path) -> tuple[str, ...]:
    """The fields of the first line that is not skipped, names or not; DataError where it cannot be read."""
    from headrace.data.csv_bytes import part_header, unpacked, utf8_chunks
    from headrace.data.csv_form import form_of
    from headrace.data.files import SourceFile

    form = replace(form_of(name, source), header=True)
    try:
        with unpacked(SourceFile(path.name, path), form) as raw:
            return part_header(utf8_chunks(raw, form), form).names
    except UnicodeError:
        raise form.fault(f"{path.name} is not {form.encoding}", "write its encoding", "encoding") from None


def _contradiction(source: CsvSource, first: Sequence[str], file: str) -> tuple[str, str, str] | None:
    """Key, message and remedy where the first line is not what is declared of it."""
    wanted = len(source.columns or ())
    if len(first) == 1 and wanted != 1:
        for sign in _SEPARATORS:
            parts = len(first[0].split(sign))
            if parts == wanted or (not wanted and parts > 1 and sign != " "):
                message = f"no {source.separator!r} is in the first line of {file}, and {parts - 1} {sign!r} are"
                return "separator", message, f"write separator: {json.dumps(sign)}"
    if wanted and first and len(first) != wanted:
        return "columns", f"{wanted} columns are named, and a line of {file} has {len(first)}", "name each once"
    return None


class _Texts(Mapping[str, str]):
    """The project's files, each read when somebody asks."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __getitem__(self, file: str) -> str:
        try:
            return (self._root / file).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            raise KeyError(file) from None

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
