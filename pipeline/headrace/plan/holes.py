"""Fills what a plan leaves open, without composing anew: a member's values, and what whoever starts a run chose.

Values are put into the plan's configuration, the schema checks the result, and the plan is built from it again: a
filled plan has a digest and recipes of its own, those that a pipeline with these values written in it would have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from headrace.config import schema_errors
from headrace.config.check import check
from headrace.config.composed import Composed
from headrace.config.each import quietly
from headrace.config.nearest import suggestion
from headrace.config.parameters import not_allowed, value_at
from headrace.config.schema.spec import Spec
from headrace.errors import ConfigError, Diagnostic, Place, UsageError
from headrace.plan.build import build_plan
from headrace.plan.members import MEMBER, Member, has_holes, is_open, members, narrowed
from headrace.plan.model import Plan

_SHOWN = 10


def unfilled(plan: Plan, stage: str) -> ConfigError:
    """The error of whoever asks a stage with holes to run."""
    labels = [member.label for member in members_of(plan)]
    shown = ", ".join(labels[:_SHOWN]) + (", …" if len(labels) > _SHOWN else "")
    message = f"{plan.pipeline} makes a model for each of {shown}: {stage} must know for which"
    remedy = "run without -m, or name the member: --only NAME=VALUE, or --member LABEL of `headrace stage`"
    return ConfigError([Diagnostic("HR375", message, plan.place_of("for_each"), remedy, pipeline=plan.pipeline)])


def members_of(plan: Plan) -> tuple[Member, ...]:
    """The members that the plan has holes for; none for a plan without, or one that is filled."""
    return members(plan.spec["for_each"]) if is_open(plan.spec) else ()


def member_named(plan: Plan, label: str) -> Member:
    """The member with that label; UsageError if the plan has none."""
    found = members_of(plan)
    for member in found:
        if member.label == label:
            return member
    labels = [member.label for member in found]
    remedy = suggestion(label, labels) or f"there are {', '.join(labels)}"
    raise UsageError(
        f"{plan.pipeline} has no member {label!r}", remedy=remedy if labels else "it has no `for_each`", key="for_each"
    )


def shared_stages(plan: Plan) -> tuple[str, ...]:
    """The stages that are the same for every member: no hole is in them, nor in what they stand on."""
    if not is_open(plan.spec):
        return tuple(stage.name for stage in plan.stages)
    shared: list[str] = []
    for stage in plan.stages:
        if not has_holes(stage.config) and all(name in shared for name in stage.upstream):
            shared.append(stage.name)
    return tuple(shared)


def with_member(plan: Plan, member: Member) -> Plan:
    """The plan for one member; one filled for it already is as it was. ConfigError for a value that does not fit."""
    if plan.spec.get(MEMBER) == member.label:
        return plan
    values = narrowed(plan.spec, member)
    return _rebuilt(plan, _spec(plan, values))


def typed_spec(plan: Plan) -> Spec:
    """The plan's configuration, typed; of the first member, where it has holes."""
    found = members_of(plan)
    return _spec(plan, narrowed(plan.spec, found[0]) if found else plan.spec)


def with_parameters(
    plan: Plan, chosen: Mapping[str, Any], root: Path, recheck: Callable[[Plan], None] | None = None
) -> Plan:
    """The plan with the values of its `params` that somebody chose; the same plan if they are what is written.

    ConfigError with every value that is not allowed, at the place of the parameter. `root` is the project's folder;
    `recheck` may look further.
    """
    problems = list(_refused(plan, chosen))
    if problems:
        raise ConfigError(problems)
    values = deepcopy(dict(plan.spec))
    places = dict(plan.places)
    for name, value in chosen.items():
        path = plan.spec["params"][name]["at"]
        if value_at(values, path) != value or type(value_at(values, path)) is not type(value):
            _set(values, path, value)
            places[path] = Place(f"the parameter {name}")
    if values == plan.spec:
        return plan
    try:
        checked = check(Composed(values, places, (), root=root), plan.pipeline)
    except ConfigError as error:  # what was warned of was so when the plan was compiled, too
        raise ConfigError(found for found in error.diagnostics if found.severity == "error") from None
    filled = _rebuilt(replace(plan, places=places), checked.spec)
    if [stage.name for stage in filled.stages] != [stage.name for stage in plan.stages]:
        raise ConfigError([_problem(plan, next(iter(chosen)), "these parameters would change the pipeline's stages")])
    if recheck is not None:
        recheck(filled)
    return filled


def _refused(plan: Plan, chosen: Mapping[str, Any]) -> list[Diagnostic]:
    """What is refused before the schema sees it: unknown names, bounds, choices, and whatever would be filled in."""
    declared: Mapping[str, Any] = plan.spec["params"]
    found = []
    for name, value in chosen.items():
        if name not in declared:
            remedy = suggestion(name, declared) or f"it has {', '.join(declared) or 'none'}"
            message = f"{plan.pipeline} has no parameter `{name}`"
            found.append(Diagnostic("HR380", message, plan.place_of("params"), remedy, pipeline=plan.pipeline))
        elif _is_filled_in(value) and value != value_at(plan.spec, declared[name]["at"]):
            remedy = "choose a value without `${`: what is filled in is for those who may change the files"
            found.append(_problem(plan, name, "a text with `${` is no plain value", remedy))
        elif why := not_allowed(declared[name], value):
            found.append(_problem(plan, name, why))
    return found


def _is_filled_in(value: Any) -> bool:
    """Whether a chosen value could stand for another: for a secret, say, which whoever starts a run may not read.

    As JSON, a `$` and a `{` side by side are of one text, be it a key or a value at any depth.
    """
    return "${" in json.dumps(value, ensure_ascii=False)


def _problem(plan: Plan, name: str, why: str, remedy: str = "choose another value") -> Diagnostic:
    place = plan.place_of(f"params.{name}")
    return Diagnostic("HR381", f"parameter {name}: {why}", place, remedy, pipeline=plan.pipeline)


def _spec(plan: Plan, values: Mapping[str, Any]) -> Spec:
    try:
        return Spec.model_validate(values)
    except ValidationError as error:
        composed = Composed(dict(values), dict(plan.places), ())
        raise ConfigError(schema_errors.diagnostics(error, composed, values)) from None


def _rebuilt(plan: Plan, spec: Spec) -> Plan:
    built: Plan = quietly(
        lambda: build_plan(spec, plan.places, plan.notes, plan.overrides, plan.history, plan.environment)
    )
    return replace(built, forms=plan.forms)


def _set(values: dict[str, Any], path: str, value: Any) -> None:
    parent, _, last = path.rpartition(".")
    held: Any = value_at(values, parent) if parent else values
    held[int(last) if isinstance(held, list) else last] = value
