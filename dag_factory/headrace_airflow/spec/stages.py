"""Plan -> the tasks that run its stages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from headrace import secrets
from headrace.config.schema.spec import Spec
from headrace.plan.model import Plan, Stage
from headrace.stages.table import kind_of
from headrace_airflow.spec.graph import ancestors, skipped_by, upstream_of
from headrace_airflow.spec.groups import group_of
from headrace_airflow.spec.model import CHAMPION_DECIDED, CHAMPION_STAYS, RuntimeSpec, StageTask
from headrace_airflow.spec.options import stage_options

#: The name of the one task of a fused pipeline.
FUSED = "all_stages"


def stage_tasks(plan: Plan, spec: Spec) -> tuple[StageTask, ...]:
    """One task for each stage, or one for all."""
    return _fused(plan, spec) if spec.runtime.fuse else _one_per_stage(plan, spec)


def _one_per_stage(plan: Plan, spec: Spec) -> tuple[StageTask, ...]:
    persistent = {stage.name for stage in plan.stages if kind_of(stage.type).even_if_refused}
    upstream = {stage.name: stage.upstream for stage in plan.stages}
    return tuple(
        StageTask(
            task_id=stage.name,
            stages=(stage.name,),
            upstream=upstream_of(stage.name, upstream, persistent),
            skips=skipped_by(stage.name, upstream, persistent),
            consequence=_consequence(plan, ancestors(stage.name, upstream)),
            runtime=_runtime(spec, [stage]),
            options=stage_options(plan, spec, [stage], "none_failed" if stage.name in persistent else None),
            group=group_of([stage]) if spec.dag.groups == "auto" else None,
        )
        for stage in plan.stages
    )


def _fused(plan: Plan, spec: Spec) -> tuple[StageTask, ...]:
    task = StageTask(
        task_id=FUSED,
        stages=tuple(stage.name for stage in plan.stages),
        consequence=_consequence(plan),
        runtime=_runtime(spec, plan.stages),
        options=stage_options(plan, spec, plan.stages, None),
    )
    return (task,)


def _runtime(spec: Spec, stages: Sequence[Stage]) -> RuntimeSpec:
    runtime = spec.runtime
    return RuntimeSpec(
        python=runtime.python,
        environment=dict(runtime.env),
        secrets=secrets.names([runtime.env, *(stage.config for stage in stages)]),
    )


def _consequence(plan: Plan, before: Collection[str] = ()) -> str:
    """What it means for production when a stage fails after those `before` it."""
    deciding = {stage.name for stage in plan.stages if kind_of(stage.type).settles}
    if not deciding:
        return ""
    return CHAMPION_DECIDED if deciding.intersection(before) else CHAMPION_STAYS
