"""What is wrong with the files below conf/ by themselves, whether a pipeline reads them or not.

A file is looked at again only when it changed: what was found is kept beside the compiled plans.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from headrace import __version__, config
from headrace.config import choices, file_schema, nodes, yaml_text
from headrace.config.yaml_survey import UnfitError
from headrace.errors import Diagnostic, Place
from headrace.lint.allowances import Allowance, allowances
from headrace.lint.walk import Found, files_of, unfit
from headrace.project import Project


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
            entry = {"stamp": stamp, **_as_json(_look_at(found))}
        fresh[found.shown] = entry
        facts.append(_from_json(found, entry))
    if fresh != known:
        _keep(cache, fresh)
    return tuple(facts)


def _look_at(found: Found) -> FileFacts:
    if found.path.suffix != ".yaml":
        return _look_at_sql(found)
    document = nodes.read(found.path, found.shown)
    made = choices.choices(found.config_path, document)
    entries = list(choices.entries(found.config_path, document))
    return FileFacts(
        found.shown,
        found.config_path,
        tuple(_in_document(found.config_path, document)),
        tuple(path for path, _ in entries),
        tuple((place.line or 1, place.column or 1) for _, place in entries),
        tuple(choice.group for choice in made if "${" in choice.text),
        tuple(allowances(document.text)),
        tuple(text for text in _texts(document) if text.endswith(".sql")),
    )


def _in_document(config_path: str, document: nodes.Document) -> Iterator[Diagnostic]:
    """Problems of one file; of several at one place, the first explains the others."""
    from headrace.config.compose.repository import file_problems, package_of

    said: list[Place] = []
    for problem in file_problems(config_path, document):
        said += [problem.place] if problem.place else []
        yield problem
    yield from choices.order(document)
    if nodes.is_empty(document):
        yield replace(nodes.empty_file(document), severity="warning")
    for problem in file_schema.problems(document, package_of(config_path, document)):
        if not any(_is_same(problem, place) for place in said):
            yield problem


def _is_same(problem: Diagnostic, said: Place) -> bool:
    """Whether a place is the problem's own, or lies within the key that is called unknown."""
    place = problem.place
    if place is None or problem.code != "HR140":
        return place == said
    return place.line == said.line and (place.column or 0) <= (said.column or 0) < (place.column or 0) + 20


def _look_at_sql(found: Found) -> FileFacts:
    shown = nodes.Document(found.shown)
    try:
        shown = nodes.Document(found.shown, yaml_text.decode(found.path.read_bytes()))
        yaml_text.check_conflict(shown.text)
    except UnfitError as error:
        place = Place(found.shown, error.point.line + 1, error.point.column + 1)
        text = getattr(error, "shown", shown.text)
        problem = nodes.Document(found.shown, text).diagnostic(error.code, str(error), place, error.remedy)
        return FileFacts(found.shown, found.config_path, (problem,))
    if not shown.text.strip():
        problem = Diagnostic("HR128", "the file holds no SQL", Place(found.shown, 1, 1), "write one SELECT")
        return FileFacts(found.shown, found.config_path, (problem,))
    return FileFacts(found.shown, found.config_path, allows=tuple(allowances(shown.text)))


def _texts(document: nodes.Document) -> Iterator[str]:
    for _, written in nodes.walk(document.root) if document.root else ():
        yield written.text


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
    cache.parent.mkdir(parents=True, exist_ok=True)
    part = cache.with_name(f".{cache.name}.{uuid.uuid4().hex[:8]}")
    part.write_text(json.dumps({"made_by": _maker(), "files": files}), encoding="utf-8")
    part.replace(cache)


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
