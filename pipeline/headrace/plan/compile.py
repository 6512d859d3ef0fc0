"""YAML -> compiled plan: the one way from configuration to everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from headrace.config.spec import compile_spec
from headrace.errors import ConfigError, Diagnostic
from headrace.models.index import is_built
from headrace.plan import environment
from headrace.plan.build import build_plan
from headrace.plan.cache import Compiled, remember
from headrace.plan.ingredients import keep_plan
from headrace.plan.model import Plan
from headrace.plan.parameters import parameter_diagnostics
from headrace.plan.recipe import code_files, distribution_marker
from headrace.project import Project
from headrace.stages.table import kind_of
from headrace.store import LocalStore

#: The problem that is mended outside of the files: a variable that `${env:…}` names is not set.
_UNSET_VARIABLE = "HR135"
#: Packages that decide what a composition means.
_COMPOSERS = ("hydra-core", "omegaconf", "pydantic", "sqlglot")


def compile_pipeline(project: Project, name: str, overrides: Sequence[str] = ()) -> Compiled:
    """Compose, check and plan one pipeline; what is wrong with it is in the result, not raised."""
    asked, overrides = overrides, environment.in_environment(overrides)
    try:
        environment.require_environments(project, asked, overrides)
        checked = compile_spec(project.conf, project.root, name, overrides)
    except ConfigError as error:
        found = [environment.placed(problem, asked, overrides) for problem in error.diagnostics]
        result = Compiled(name, None, _of_pipeline(name, found))
        if not any(problem.code == _UNSET_VARIABLE for problem in found):
            remember(project, result, overrides, (), {})
        return result
    composed = checked.composed
    plan = build_plan(checked.spec, composed.places, composed.notes, overrides, composed.history, composed.environment)
    wrong = _wrong_parameters(plan, project)
    result = Compiled(name, None if wrong else plan, (*wrong, *_of_pipeline(name, checked.warnings)))
    if result.plan is not None:  # whoever is told its digest finds it there, whatever is compiled later
        keep_plan(LocalStore(project.home / "store"), plan)
    remember(project, result, overrides, [*composed.files, *_made_of(plan)], dict(composed.env))
    return result


def _of_pipeline(name: str, found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(replace(diagnostic, pipeline=name) for diagnostic in found)


def _wrong_parameters(plan: Plan, project: Project) -> tuple[Diagnostic, ...]:
    """What the estimator does not take. Where the index is not built yet, lint builds it and training finds out."""
    cache = project.home / "compiled"
    return tuple(parameter_diagnostics(plan, cache, project.root)) if is_built(cache) else ()


def _made_of(plan: Plan) -> list[Path]:
    """Source files and package metadata that the plan's recipes depend on."""
    kinds = {stage.type: kind_of(stage.type) for stage in plan.stages}
    code = {path for kind in kinds.values() for _, path in code_files(kind.runner.partition(":")[0])}
    compiler = {path for _, path in code_files("headrace.plan.compile")}
    packages = {name for stage in plan.stages for name in stage.distributions} | set(_COMPOSERS)
    markers = {marker for name in packages if (marker := distribution_marker(name)) is not None}
    return sorted(code | compiler | markers)
