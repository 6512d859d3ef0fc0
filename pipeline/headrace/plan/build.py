"""Spec -> Plan: pure, but for reading this project's own source for the recipes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from headrace.config.schema.spec import Spec
from headrace.errors import Place
from headrace.plan.model import Plan, Stage, Writing
from headrace.plan.recipe import recipe_of
from headrace.stages.kind import Draft, StageKind
from headrace.stages.table import STAGES, can_stop_early


def build_plan(
    spec: Spec,
    places: Mapping[str, Place] | None = None,
    notes: Sequence[str] = (),
    overrides: Sequence[str] = (),
    history: Mapping[str, tuple[Writing, ...]] | None = None,
    environment: str | None = None,
) -> Plan:
    """The stages that this pipeline asks for, each with its slice, inputs and recipe, in an order that works."""
    stages = [_stage(kind, draft) for kind in STAGES for draft in kind.draft(spec)]
    return Plan(
        pipeline=spec.name,
        spec=spec.model_dump(mode="json"),
        stages=tuple(_in_order(stages)),
        places=dict(places or {}),
        notes=tuple(dict.fromkeys((*notes, *_notes(spec, stages)))),
        overrides=tuple(overrides),
        history=dict(history or {}),
        environment=environment,
    )


def _notes(spec: Spec, stages: Sequence[Stage]) -> Iterator[str]:
    if spec.model is not None and spec.model.early_stopping is not None and not can_stop_early(spec):
        yield "model.early_stopping is left out: the split has no validation part to watch"
    names = {name for stage in stages for name in (stage.name, stage.type)}
    for name in spec.runtime.stages:
        if name not in names:
            yield f"runtime.stages.{name} is left out: the pipeline has no such stage"


def _stage(kind: StageKind, draft: Draft) -> Stage:
    distributions = (*kind.distributions, *draft.distributions)
    return Stage(
        name=draft.name,
        type=kind.type,
        config=draft.config,
        inputs=draft.inputs,
        recipe=recipe_of(kind.type, draft.config, kind.runner, distributions),
        after=draft.after,
        distributions=distributions,
    )


def _in_order(stages: list[Stage]) -> list[Stage]:
    """Topological, and otherwise as drafted (a kind may come again after a later one)."""
    ordered: list[Stage] = []
    waiting = list(stages)
    while waiting:
        done = {stage.name for stage in ordered}
        ready = next(stage for stage in waiting if done.issuperset(stage.upstream))
        ordered.append(ready)
        waiting.remove(ready)
    return ordered
