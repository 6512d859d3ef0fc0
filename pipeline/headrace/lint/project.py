"""Lints a project: each pipeline by itself, then what only shows when all are seen together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.errors import Diagnostic
from headrace.lint.rules import PROJECT_RULES
from headrace.plan.cache import Compiled
from headrace.plan.loading import load
from headrace.plan.parameters import parameter_diagnostics
from headrace.project import Project


def lint(project: Project, names: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Every problem of these pipelines, once, in their order; what is wrong with the project as a whole comes last."""
    results = [load(project, name) for name in names]
    found = [problem for result in results for problem in _of_pipeline(project, result)]
    if set(names) == set(project.pipelines()):
        found += [problem for rule in PROJECT_RULES for problem in rule(project, results)]
    return tuple(dict.fromkeys(found))


def _of_pipeline(project: Project, result: Compiled) -> Iterator[Diagnostic]:
    yield from result.diagnostics
    if result.plan is not None:
        yield from parameter_diagnostics(result.plan, project.home / "compiled", project.root)
