"""What is wrong with the files below conf/ by themselves, whether a pipeline reads them or not.

A file is looked at again only when it changed: what was found is kept beside the compiled plans.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from headrace import __version__, config
from headrace.errors import Diagnostic, Place
from headrace.lint.allowances import Allowance
from headrace.lint.walk import Found, files_of, unfit
from headrace.project import Project
from headrace.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one file below conf/ says, and what is wrong with it."""

    shown: str
    config_path: str
    """`model/ridge`; with its ending for a file that is not YAML."""
    problems: tuple[Diagnostic, ...] = ()
    chooses: tuple[str, ...] = ()
    """Config paths of the files that its defaults list names."""
    places: tuple[tuple[int, int], ...] = ()
    """Line and column of each of these."""
    leaves_open: tuple[str, ...] = ()
    """Groups whose option an interpolation chooses."""
    allows: tuple[Allowance, ...] = ()
    mentions: tuple[str, ...] = ()
    """Names of SQL files."""

    @property
    def is_sound(self) -> bool:
        """Whether what it chooses is what its writer meant to choose."""
        return not any(problem.severity == "error" or problem.code == "HR128" for problem in self.problems)


def read_files(project: Project) -> tuple[FileFacts, ...]:
    """Every YAML and SQL file below conf/, in a fixed order."""
    cache = project.home / "compiled" / "files.json"
    known = _known(cache)
    fresh: dict[str, Any] = {}
    facts = []
    for found in files_of(project.conf, project.root):
        if problem := unfit(found, project.conf):
            facts.append(FileFacts(found.shown, found.config_path, (problem,)))
            continue
        status = found.path.stat()
        stamp = [status.st_mtime_ns, status.st_size, status.st_ino]
        entry = known.get(found.shown)
        if entry is None or entry["stamp"] != stamp:
            from headrace.lint.inspection import look_at

            entry = {"stamp": stamp, **_as_json(look_at(found))}
        fresh[found.shown] = entry
        facts.append(_from_json(found, entry))
    if fresh != known:
        _keep(cache, fresh)
    return tuple(facts)


@lru_cache(maxsize=1)
def _maker() -> list[Any]:
    """The version of what looks at the files, so that a newer one looks again."""
    folders = (Path(config.__file__).parent, Path(__file__).parent)
    stats = [os.stat(path) for folder in folders for path in sorted(folder.rglob("*.py"))]
    return [__version__, sum(status.st_mtime_ns for status in stats), sum(status.st_size for status in stats)]


def _known(cache: Path) -> dict[str, Any]:
    try:
        document = json.loads(cache.read_bytes())
    except (OSError, ValueError):
        return {}
    known: dict[str, Any] = document["files"]
    return known if document["made_by"] == _maker() else {}


def _keep(cache: Path, files: dict[str, Any]) -> None:
    write_whole(cache, json.dumps({"made_by": _maker(), "files": files}).encode())


def _as_json(facts: FileFacts) -> dict[str, Any]:
    return {
        "problems": [{**problem.as_json(), "excerpt": problem.excerpt} for problem in facts.problems],
        "chooses": facts.chooses,
        "places": facts.places,
        "leaves_open": facts.leaves_open,
        "allows": [[item.line, item.column, item.own_line, item.codes, item.reason] for item in facts.allows],
        "mentions": facts.mentions,
    }


def _from_json(found: Found, entry: dict[str, Any]) -> FileFacts:
    return FileFacts(
        found.shown,
        found.config_path,
        tuple(_diagnostic(dict(problem)) for problem in entry["problems"]),
        tuple(entry["chooses"]),
        tuple((line, column) for line, column in entry["places"]),
        tuple(entry["leaves_open"]),
        tuple(Allowance(line, column, own, tuple(codes), why) for line, column, own, codes, why in entry["allows"]),
        tuple(entry["mentions"]),
    )


def _diagnostic(entry: dict[str, Any]) -> Diagnostic:
    return Diagnostic(place=Place(entry.pop("file"), entry.pop("line"), entry.pop("column")), **entry)
