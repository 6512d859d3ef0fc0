"""Paths: sources may read the project and the declared data roots; state stays in a folder of its own."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from pathlib import Path

from headrace.config.composed import Composed
from headrace.config.schema import Spec
from headrace.data_roots import SYSTEM, is_within, outside
from headrace.errors import Diagnostic, Place

_VARIABLE = re.compile(r"\$\w|\$\{(?!secret:)|%\w+%")
_SHELL = re.compile(r"\$\(|[`|;<>]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")
#: Who may widen what a pipeline reads and imports: the files that the whole project shares, and the command line.
_SHARED = re.compile(r"(?:.*/)?(?:config|env/[^/]+)\.yaml|override .*")
_OPT_INS = ("data_roots", "model_packages", "operator_packages", "schedule_packages")


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Paths of one configuration that lead elsewhere, at their places."""
    yield from _sources(spec, composed)
    yield from _roots(spec, composed)
    yield from _home(spec, composed)
    yield from _opt_ins(spec, composed)


def _sources(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for name, source in spec.dataset.sources.items():
        if found := _source_problem(source.path, composed.root, spec.data_roots):
            place = composed.place_of(f"dataset.sources.{name}.path")
            yield composed.diagnostic("HR252", found[0], place, found[1])


def _source_problem(path: str, root: Path, data_roots: tuple[str, ...]) -> tuple[str, str] | None:
    if path.startswith("pkg://"):
        inner = path.removeprefix("pkg://").split("/")
        wrong = ".." in inner or "" in inner[1:] or "\\" in path
        return (f"`{path}` leaves the package", "write pkg://PACKAGE/FILE") if wrong else None
    return _odd(path) or outside(path, root, data_roots)


def _odd(path: str) -> tuple[str, str] | None:
    """What a shell or another system would make of a path, and nothing here does."""
    if _SCHEME.match(path):
        return f"`{path}` is an address, not a file", "write a path, a glob, or pkg://PACKAGE/FILE"
    if path.startswith("~"):
        return f"`{path}`: nothing stands for a home folder here", "write ${env:HOME}/…, and declare it in `data_roots`"
    if "\\" in path:
        return f"`{path}` has a backslash", "write forward slashes"
    if _VARIABLE.search(path):
        return f"`{path}`: a variable of a shell is not filled in", "write ${env:NAME}"
    if found := _SHELL.search(path):
        return f"`{path}` has a sign of the shell's, which nothing here reads: {found[0]}", "write the file's own path"
    return None


def _roots(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, written in enumerate(spec.data_roots):
        place = composed.place_of(f"data_roots.{index}")
        folder = os.path.normpath(composed.root / written)
        if found := _odd(written):
            yield composed.diagnostic("HR252", found[0], place, found[1])
        elif is_within(str(composed.root), folder) or any(is_within(folder, system) for system in SYSTEM):
            message = f"`{written}` is no folder of data: it holds the system, or the project itself"
            yield composed.diagnostic("HR252", message, place, "name the folder that holds the data, and no more")


def _home(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    from headrace.project import home_problem

    if why := _odd(spec.home) or home_problem(composed.root, spec.home):
        yield composed.diagnostic("HR252", why[0], composed.place_of("home"), why[1])


def _opt_ins(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """What widens a boundary stands where whoever guards the project looks: in one file."""
    for key in _OPT_INS:
        paths = [key, *(f"{key}.{index}" for index in range(len(getattr(spec, key))))]
        places = [place for path in paths if (place := composed.places.get(path))]
        other = next((place for place in places if not _is_shared(place)), None)
        if getattr(spec, key) and other is not None:
            message = f"`{key}` widens what pipelines may reach, so it is not for one pipeline to say"
            yield composed.diagnostic(
                "HR263", message, other, "write it in conf/config.yaml, or in a file of conf/env/"
            )


def _is_shared(place: Place) -> bool:
    return _SHARED.fullmatch(place.file) is not None
