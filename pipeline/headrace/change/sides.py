"""Both sides of a change, compiled: what REV's files mean today, and what the working tree's mean."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from headrace.models.index import is_built
from headrace.plan.cache import Compiled, composed_of
from headrace.plan.loading import load
from headrace.plan.parameters import parameter_diagnostics
from headrace.project import Project

#: What makes a pipeline depend on files that it does not read yet.
_OPEN_ENDED = (b"optional", b"searchpath")


@dataclass(frozen=True, slots=True)
class Side:
    """A pipeline as it was and as it is; None where there is no such pipeline."""

    name: str
    before: Compiled | None
    after: Compiled | None


def sides(past: Project, present: Project, names: Sequence[str] | None = None) -> tuple[Side, ...]:
    """Every pipeline of either side, or those that are named, in the order of their names.

    A pipeline none of whose files differ is not compiled again: its past is its present.
    """
    old, new = set(past.pipelines()), set(present.pipelines())
    wanted = sorted(old | new if names is None else names)
    differing = changed_files(past.conf, present.conf)
    return tuple(_side(past, present, name, differing, (name in old, name in new)) for name in wanted)


def changed_files(past: Path, present: Path) -> frozenset[str]:
    """Files below two configuration folders that are not byte for byte the same, relative to them."""
    old, new = _listing(past), _listing(present)
    return frozenset(name for name in old | new if name not in old or name not in new or not _same(past, present, name))


def _side(past: Project, present: Project, name: str, differing: frozenset[str], there: tuple[bool, bool]) -> Side:
    after = _checked(load(present, name), present) if there[1] else None
    if not there[0]:
        return Side(name, None, after)
    if after is not None and after.plan is not None and _is_untouched(present, name, differing):
        return Side(name, after, after)
    return Side(name, _checked(load(past, name), present), after)


def _is_untouched(present: Project, name: str, differing: frozenset[str]) -> bool:
    """Whether nothing that the pipeline was composed of differs, nor could a new or deleted file reach it."""
    if not differing:
        return True
    files = composed_of(present, name)
    if files is None:
        return False
    conf = str(present.conf) + os.sep
    own = [path for path in files if path.startswith(conf)]
    if any(Path(path).relative_to(present.conf).as_posix() in differing for path in own):
        return False
    return not any(word in Path(path).read_bytes() for path in own for word in _OPEN_ENDED)


def _checked(compiled: Compiled, present: Project) -> Compiled:
    """With the estimator's parameters held against the installed library on both sides, where its index is built."""
    cache = present.home / "compiled"
    if compiled.plan is None or not is_built(cache):
        return compiled
    wrong = tuple(parameter_diagnostics(compiled.plan, cache))
    return replace(compiled, plan=None, diagnostics=(*wrong, *compiled.diagnostics)) if wrong else compiled


def _listing(conf: Path) -> frozenset[str]:
    return frozenset(
        Path(folder, file).relative_to(conf).as_posix() for folder, _, files in os.walk(conf) for file in files
    )


def _same(past: Path, present: Path, name: str) -> bool:
    try:
        return (past / name).read_bytes() == (present / name).read_bytes()
    except OSError:
        return False


def texts(conf: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Content of some files below a configuration folder, by name; those that cannot be read are left out."""
    found = {}
    for name in names:
        try:
            found[name] = (conf / name).read_bytes()
        except OSError:
            continue
    return found
