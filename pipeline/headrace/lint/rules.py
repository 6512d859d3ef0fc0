"""The one table of rules that look at a project as a whole: its files, and its pipelines beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from headrace.errors import Diagnostic
from headrace.lint import assets, dependencies, pipelines
from headrace.plan.cache import Compiled
from headrace.project import Project

#: Sees the project and every pipeline of it, compiled; those that are broken have no plan.
ProjectRule = Callable[[Project, Sequence[Compiled]], Iterable[Diagnostic]]

#: To add a rule, write it in a module of this folder and name it here. These see a pipeline and those that it awaits.
WAITING_RULES: tuple[ProjectRule, ...] = (dependencies.wait_for_what_comes, dependencies.wait_in_no_circle)
#: These have to see every pipeline.
PROJECT_RULES: tuple[ProjectRule, ...] = (pipelines.register_apart, *WAITING_RULES, assets.are_known_by_one_name)


def of_all(project: Project, results: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """What is wrong between all pipelines of the project."""
    for rule in PROJECT_RULES:
        yield from rule(project, results)


def of_some(project: Project, results: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """What is wrong between some pipelines of the project and those that they wait for, as far as it is about some."""
    names = {result.name for result in results}
    seen = dependencies.with_awaited(project, results)
    for rule in WAITING_RULES:
        yield from (problem for problem in rule(project, seen) if problem.pipeline in names)
