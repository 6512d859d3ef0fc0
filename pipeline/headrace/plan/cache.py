"""Compiled plans, kept beside what they were made of. Reading one imports the standard library only."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headrace.errors import ConfigError, Diagnostic, Place
from headrace.plan.environment import in_environment
from headrace.plan.fingerprint import Fingerprint, Look
from headrace.plan.model import Plan, digest_of
from headrace.plan.toolchain import packages, toolchain
from headrace.project import Project
from headrace.whole_files import write_whole

#: Raised when the form of the kept documents changes, so that old ones are compiled again.
_FORM = 3
#: Names of the kept documents: of the pipeline, of the overrides it was compiled with, and what they are.
_KEPT = re.compile(r"(?P<name>\w+)(?:-[0-9a-f]{16})?(?:\.dag)?\.json")


@dataclass(frozen=True, slots=True)
class Request:
    """A pipeline that somebody wants, as these overrides change it."""

    name: str
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeOf:
    """Everything that a compiled pipeline depends on, besides the toolchain."""

    files: Mapping[str, Fingerprint] = field(default_factory=dict)
    folders: Mapping[str, str | None] = field(default_factory=dict)
    """Folder -> digest of its names, where which files there are made a difference."""
    environment: Mapping[str, str | None] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)

    def holds(self, look: Look) -> bool:
        """Whether all of it is as it was."""
        return (
            all(os.environ.get(name) == value for name, value in self.environment.items())
            and packages(self.packages) == self.packages
            and look.unchanged(self.files)
            and look.same_names(self.folders)
        )

    def to_json(self) -> dict[str, Any]:
        """The facts as entries of a kept document."""
        return {
            "files": dict(self.files),
            "folders": dict(self.folders),
            "environment": dict(self.environment),
            "packages": dict(self.packages),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> MadeOf:
        """The facts of a kept document; KeyError if it has none."""
        return cls(document["files"], document["folders"], document["environment"], document["packages"])


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pipeline after compilation: its plan, or what keeps it from having one."""

    name: str
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...] = ()
    """With a plan, all of them are warnings."""
    parameters_checked: bool = field(default=True, compare=False)
    """Whether the estimator index was there to check `model.params` against; linting makes up for it."""
    made_of: MadeOf = field(default_factory=MadeOf, compare=False, repr=False)

    def require(self) -> Plan:
        """The plan; ConfigError with everything that is wrong if there is none."""
        if self.plan is None:
            raise ConfigError(self.diagnostics)
        return self.plan


def compiled(project: Project, name: str, overrides: Sequence[str] = (), look: Look | None = None) -> Compiled | None:
    """What was compiled last, if nothing that it was made of has changed since; else None.

    Several that are read one after another share a `look` at the disk.
    """
    document = read_document(_path(project, name, overrides))
    if document is None or document.get("made_by") != _maker() or document.get("root") != str(project.root):
        return None
    try:
        result = _result(name, document)
    except (KeyError, TypeError, ValueError, AttributeError):  # damaged, and yet JSON
        return None
    look = look or Look()
    if not result.made_of.holds(look):
        return None
    if better := look.refreshed(result.made_of.files):
        document["files"].update(better)
        write_document(_path(project, name, overrides), document)
    return result


def composed_of(project: Project, name: str) -> tuple[str, ...] | None:
    """The files that a pipeline's last compilation was made of; None if it is not remembered."""
    document = read_document(_path(project, name, ()))
    if document is None:
        return None
    return tuple(path for path, known in document["files"].items() if known is not None and known[2] != "folder")


def last_compiled(project: Project, name: str) -> Plan | None:
    """The plan that was compiled last, be it current or not: enough to say which keys and stages there are."""
    document = read_document(_path(project, name, ()))
    try:
        return Plan.from_json(document["plan"]) if document and document["plan"] else None
    except (KeyError, TypeError, ValueError):
        return None


def remember(project: Project, result: Compiled, overrides: Sequence[str], plan: Mapping[str, Any] | None) -> None:
    """Keep a compiled pipeline, its plan as JSON, with all that it was made of. Where that cannot be written, don't."""
    document = {
        "made_by": _maker(),
        "root": str(project.root),  # a copy of the project keeps documents about the files of the first
        **result.made_of.to_json(),
        "parameters_checked": result.parameters_checked,
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in result.diagnostics],
        "plan": plan,
    }
    write_document(_path(project, result.name, overrides), document)


def kept_path(project: Project, name: str, kind: str = "json") -> Path:
    """Where a pipeline's compiled document is kept, or another kind of document that is made of the same."""
    return _path(project, name, (), kind)


def forget_gone(project: Project, names: Iterable[str]) -> None:
    """Remove what was kept of pipelines that there are no more."""
    kept = {_safe(name) for name in names}
    with suppress(OSError):
        for path in (project.home / "compiled").iterdir():
            match = _KEPT.fullmatch(path.name)
            if match and match["name"] not in kept and _is_kept(path):
                path.unlink(missing_ok=True)


def _is_kept(path: Path) -> bool:
    """Whether it is a pipeline's: others keep documents of their own beside them."""
    document = read_document(path)
    return document is not None and "packages" in document


def _path(project: Project, name: str, overrides: Sequence[str], kind: str = "json") -> Path:
    overrides = in_environment(overrides)
    suffix = f"-{digest_of(list(overrides))[:16]}" if overrides else ""
    return project.home / "compiled" / f"{_safe(name)}{suffix}.{kind}"


def _safe(name: str) -> str:
    return name if name.isidentifier() else digest_of(name)[:16]


def _result(name: str, document: Mapping[str, Any]) -> Compiled:
    return Compiled(
        name,
        None if document["plan"] is None else Plan.from_json(document["plan"]),
        tuple(diagnostic_from_json(entry) for entry in document["diagnostics"]),
        document["parameters_checked"],
        MadeOf.from_json(document),
    )


def read_document(path: Path) -> dict[str, Any] | None:
    """The document; None if it is absent or damaged."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Whole or not at all, however many processes compile at once."""
    content = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    with suppress(OSError):  # a folder that cannot be written to costs time, and nothing else
        write_whole(path, content)


def _maker() -> list[Any]:
    return [_FORM, toolchain()]


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic with its excerpt, as JSON."""
    return {**diagnostic.as_json(), "excerpt": diagnostic.excerpt}


def diagnostic_from_json(entry: Mapping[str, Any]) -> Diagnostic:
    """What `diagnostic_json` wrote."""
    facts = dict(entry)
    place = Place(facts.pop("file"), facts.pop("line"), facts.pop("column"))
    return Diagnostic(place=place if place.file else None, **facts)
