"""DAG specifications beside the compiled plans, with all that they were made of: a parse reads them, not the plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from headrace.errors import Diagnostic
from headrace.plan.cache import (
    MadeOf,
    diagnostic_from_json,
    diagnostic_json,
    kept_path,
    read_document,
    write_document,
)
from headrace.plan.fingerprint import Look
from headrace.plan.toolchain import modules, toolchain
from headrace.project import Project
from headrace_airflow.spec.model import FORMAT

#: Raised when the form of the kept documents changes, so that old ones are made again.
_FORM = 1


class KeptSpec(NamedTuple):
    """A pipeline's DAG as it was compiled last."""

    name: str
    document: Mapping[str, Any] | None
    """The specification as JSON; none for a pipeline that is broken."""
    diagnostics: Sequence[Diagnostic] = ()
    """What is wrong; with a specification, all of them are warnings."""
    made_of: MadeOf = MadeOf()
    made_by: Sequence[Any] = ()
    stale: str = ""
    """Why this is not what the configuration says now; empty where it is."""

    def is_current(self, look: Look) -> bool:
        """Whether nothing that it was made of has changed."""
        return list(self.made_by) == maker() and self.made_of.holds(look)


def maker() -> list[Any]:
    """What makes specifications: it changes when equal plans may become other specifications."""
    folder = Path(__file__).parent
    return [_FORM, FORMAT, toolchain(), [list(module) for module in sorted(modules(str(folder), folder.name))]]


def read_kept(project: Project, name: str) -> KeptSpec | None:
    """What was kept last, be it current or not; None if there is nothing, or it is damaged or of another form."""
    document = read_document(_path(project, name))
    try:
        if document is None or document["made_by"][:2] != [_FORM, FORMAT] or document["root"] != str(project.root):
            return None
        diagnostics = tuple(diagnostic_from_json(entry) for entry in document["diagnostics"])
        return KeptSpec(name, document["spec"], diagnostics, MadeOf.from_json(document), document["made_by"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def keep(project: Project, kept: KeptSpec) -> None:
    """Write it beside the plan; where that cannot be written to, it is made again next time."""
    document = {
        "made_by": list(kept.made_by),
        "root": str(project.root),
        **kept.made_of.to_json(),
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in kept.diagnostics],
        "spec": kept.document,
    }
    write_document(_path(project, kept.name), document)


def _path(project: Project, name: str) -> Path:
    return kept_path(project, name, "dag.json")
