"""Compiled plans, kept beside what they were made of. Reading one imports the standard library only."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headrace import __version__
from headrace.errors import ConfigError, Diagnostic, Place
from headrace.plan.environment import in_environment
from headrace.plan.fingerprint import fingerprints, unchanged
from headrace.plan.model import FORMAT, Plan, digest_of
from headrace.project import Project


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pipeline after compilation: its plan, or what keeps it from having one."""

    name: str
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...] = ()
    """With a plan, all of them are warnings."""

    def require(self) -> Plan:
        """The plan; ConfigError with everything that is wrong if there is none."""
        if self.plan is None:
            raise ConfigError(self.diagnostics)
        return self.plan


def compiled(project: Project, name: str, overrides: Sequence[str] = ()) -> Compiled | None:
    """What was compiled last, if nothing that it was made of has changed since; else None."""
    document = _read(_path(project, name, in_environment(overrides)))
    if document is None or document["made_by"] != _maker() or document["environment"] != _environment(document):
        return None
    if document["listing"] is not None and document["listing"] != _listing(project):
        return None
    if not unchanged(document["files"]):
        return None
    plan = document["plan"] and Plan.from_json(document["plan"])
    return Compiled(name, plan, tuple(_diagnostic(entry) for entry in document["diagnostics"]))


def composed_of(project: Project, name: str) -> tuple[str, ...] | None:
    """The files that a pipeline's last compilation was made of; None if it is not remembered."""
    document = _read(_path(project, name, ()))
    return None if document is None else tuple(document["files"])


def last_compiled(project: Project, name: str) -> Plan | None:
    """The plan that was compiled last, be it current or not: enough to say which keys and stages there are."""
    document = _read(_path(project, name, ()))
    try:
        return Plan.from_json(document["plan"]) if document and document["plan"] else None
    except (KeyError, TypeError, ValueError):
        return None


def remember(
    project: Project,
    result: Compiled,
    overrides: Sequence[str],
    files: Sequence[Path],
    environment: dict[str, str | None],
) -> None:
    """Keep a compiled pipeline with the files and environment variables that it was made of."""
    document = {
        "made_by": _maker(),
        "files": fingerprints(files),
        # What a broken pipeline lacks may be a file that does not exist yet: any change compiles it again.
        "listing": None if result.plan else _listing(project),
        "environment": environment,
        "plan": result.plan and result.plan.to_json(),
        "diagnostics": [_diagnostic_json(diagnostic) for diagnostic in result.diagnostics],
    }
    path = _path(project, result.name, in_environment(overrides))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    part.write_text(json.dumps(document), encoding="utf-8")
    part.replace(path)


def _path(project: Project, name: str, overrides: Sequence[str]) -> Path:
    suffix = f"-{digest_of(list(overrides))[:16]}" if overrides else ""
    safe = name if name.isidentifier() else digest_of(name)[:16]
    return project.home / "compiled" / f"{safe}{suffix}.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document


def _maker() -> list[Any]:
    return [FORMAT, __version__, sys.prefix, list(sys.version_info[:3])]


def _environment(document: dict[str, Any]) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in document["environment"]}


def _listing(project: Project) -> str:
    """A digest of names, sizes and times of everything under `conf/`."""
    entries = []
    for folder, _, files in os.walk(project.conf):
        for file in files:
            path = os.path.join(folder, file)
            try:
                stat = os.stat(path)
            except OSError:  # a link to nothing or to itself, or a file that is gone again
                stat = os.lstat(path)
            entries.append([os.path.relpath(path, project.conf), stat.st_size, stat.st_mtime_ns])
    return digest_of(sorted(entries))


def _diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    return {**diagnostic.as_json(), "excerpt": diagnostic.excerpt}


def _diagnostic(entry: dict[str, Any]) -> Diagnostic:
    place = Place(entry.pop("file"), entry.pop("line"), entry.pop("column"))
    return Diagnostic(place=place if place.file else None, **entry)
