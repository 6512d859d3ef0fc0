"""The one table of rules that look at a project as a whole: its files, and its pipelines beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from headrace.errors import Diagnostic
from headrace.lint import assets, dependencies, pipelines
from headrace.plan.cache import Compiled
from headrace.project import Project

#: Sees the project and every pipeline of it, compiled; those that are broken have no plan.
ProjectRule = Callable[[Project, Sequence[Compiled]], Iterable[Diagnostic]]

#: To add a rule, write it in a module of this folder and name it here.
PROJECT_RULES: tuple[ProjectRule, ...] = (
    pipelines.register_apart,
    dependencies.wait_for_what_comes,
    dependencies.wait_in_no_circle,
    assets.are_known_by_one_name,
)
