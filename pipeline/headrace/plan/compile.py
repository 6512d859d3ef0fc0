"""YAML -> compiled plan: the one way from configuration to everything else."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from headrace.config.check import Checked
from headrace.config.consulted import Consulted
from headrace.config.each import quietly
from headrace.config.spec import compile_spec
from headrace.errors import ConfigError, Diagnostic
from headrace.models.index import is_built
from headrace.operators.checks import are_checked, distributions, operator_diagnostics, sources, task_diagnostics
from headrace.plan import environment
from headrace.plan.build import build_plan
from headrace.plan.cache import Compiled, MadeOf, remember
from headrace.plan.forms import needs_index, parameter_forms
from headrace.plan.ingredients import keep_plan
from headrace.plan.model import Plan
from headrace.plan.parameters import parameter_diagnostics
from headrace.plan.pod_secrets import pod_secret_problems
from headrace.plan.sharing import sharing_problems
from headrace.plan.toolchain import packages
from headrace.project import Project
from headrace.store import LocalStore


def compile_pipeline(project: Project, name: str, overrides: Sequence[str] = ()) -> Compiled:
    """Compose, check and plan one pipeline; what is wrong with it is in the result, not raised."""
    asked, overrides = overrides, environment.in_environment(overrides)
    consulted = Consulted()
    if asked != overrides:
        consulted.folder(project.conf / environment.GROUP)
    try:
        environment.require_environments(project, asked, overrides)
        checked = compile_spec(project.conf, project.root, name, overrides, consulted)
    except ConfigError as error:
        found = [environment.placed(problem, asked, overrides) for problem in error.diagnostics]
        result = Compiled(name, None, _of_pipeline(name, found), made_of=_made_of(consulted))
        remember(project, result, overrides, None)
        return result
    plan = _built(checked, overrides)
    for source in sources(plan, project.root):
        consulted.file(source)
    runtime = checked.spec.runtime
    found = [
        *sharing_problems(plan, runtime),
        *pod_secret_problems(plan, runtime),
        *_of_pipeline(name, checked.warnings),
        *task_diagnostics(plan, project.root),
    ]
    if any(problem.severity == "error" for problem in found):
        result = Compiled(name, None, tuple(found), made_of=_made_of(consulted, plan))
        remember(project, result, overrides, None)
        return result
    folder = _index_folder(project)
    checkable = (plan.spec["model"] is None or is_built(folder) or needs_index(plan)) and are_checked(plan, folder)
    if not checkable:  # what a run may be started with is told in any case: Airflow's form is made of it
        plan = replace(plan, forms=parameter_forms(plan, folder))
    result = Compiled(name, plan, tuple(found), parameters_checked=checkable, made_of=_made_of(consulted, plan))
    return _finished(project, _checked(project, result) if checkable else result, overrides)


def _built(checked: Checked, overrides: Sequence[str]) -> Plan:
    composed = checked.composed
    given = (composed.places, composed.notes, overrides, composed.history, composed.environment)
    plan: Plan = quietly(lambda: build_plan(checked.spec, *given))
    return plan


def complete(project: Project, result: Compiled, overrides: Sequence[str] = ()) -> Compiled:
    """The same with its parameters checked, and kept so: once, for the estimator index is built where it is missing."""
    result = _checked(project, result)
    remember(project, result, overrides, None if result.plan is None else result.plan.to_json())
    return result


def _checked(project: Project, result: Compiled) -> Compiled:
    """With what its estimator does not take."""
    assert result.plan is not None
    folder = _index_folder(project)
    wrong = (
        *parameter_diagnostics(result.plan, folder, project.root),
        *operator_diagnostics(result.plan, project.root, folder),
    )
    is_wrong = any(problem.severity == "error" for problem in wrong)
    plan = None if is_wrong else replace(result.plan, forms=parameter_forms(result.plan, folder))
    return replace(result, plan=plan, diagnostics=(*wrong, *result.diagnostics), parameters_checked=True)


def _finished(project: Project, result: Compiled, overrides: Sequence[str]) -> Compiled:
    """Kept, beside what it was made of and in the store: whoever is told a plan's digest finds it there from now on."""
    if result.plan is not None:
        with suppress(OSError):  # a run would say that the store cannot be written to; compiling needs no store
            keep_plan(LocalStore(project.home / "store"), result.plan)
    remember(project, result, overrides, None if result.plan is None else result.plan.to_json())
    return result


def _index_folder(project: Project) -> Path:
    return project.home / "compiled"


def _of_pipeline(name: str, found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(replace(diagnostic, pipeline=name) for diagnostic in found)


def _made_of(consulted: Consulted, plan: Plan | None = None) -> MadeOf:
    """All that was looked at, and the packages whose versions are in the plan's recipes."""
    stages = plan.stages if plan else ()
    names = sorted({name for stage in stages for name in stage.distributions})
    named = distributions(plan) if plan else ()
    return MadeOf(consulted.files, consulted.folders, consulted.environment, packages([*names, *named]))
