"""Lints a project: each pipeline by itself, then what only shows when all are seen together."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.errors import Diagnostic
from headrace.lint.memory import recall, remember, take_listing
from headrace.lint.rules import PROJECT_RULES
from headrace.plan.loading import Request, load_all
from headrace.project import Project


def lint(project: Project, names: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Every problem of these pipelines, once, in their order; what is wrong with the project as a whole comes last."""
    requests = [Request(name) for name in names]
    whole = set(names) == set(project.pipelines())
    listing = take_listing(project.conf)
    if whole and (known := recall(project, requests, listing)) is not None:
        return known
    results = load_all(project, requests, check_parameters=True)
    found = [problem for result in results for problem in result.diagnostics]
    if whole:
        found += [problem for rule in PROJECT_RULES for problem in rule(project, results)]
    told = tuple(dict.fromkeys(found))
    if whole:
        remember(project, requests, listing, results, told)
    return told
