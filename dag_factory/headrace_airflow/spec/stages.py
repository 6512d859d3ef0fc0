"""Plan -> the tasks that run its stages."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from headrace.config.schema.spec import Spec
from headrace.plan.model import Plan
from headrace.plan.sharing import Group
from headrace.stages.table import kind_of
from headrace_airflow.spec.fusing import FUSED, stage_groups, task_name
from headrace_airflow.spec.graph import ancestors, skipped_by, upstream_of
from headrace_airflow.spec.groups import groups_of
from headrace_airflow.spec.members import tasks_of_members
from headrace_airflow.spec.model import CHAMPION_DECIDED, CHAMPION_STAYS, StageTask
from headrace_airflow.spec.options import stage_options
from headrace_airflow.spec.outlets import outlets_of
from headrace_airflow.spec.runtime import runtime_spec

__all__ = ["FUSED", "stage_tasks"]


def stage_tasks(plan: Plan, spec: Spec) -> tuple[StageTask, ...]:
    """One task for each stage, or for several that share it. ConfigError for what cannot be run as it is written."""
    groups = stage_groups(plan, spec.runtime)
    tasks = {task_name(group, groups): group for group in groups}
    upstream = _task_upstream(tasks)
    persistent = {name for name, group in tasks.items() if any(kind_of(s.type).even_if_refused for s in group)}
    skips = _skips(plan, tasks)
    of_members = tasks_of_members(plan, tasks, upstream)
    # The tasks of members have a group of their own.
    own = {name: group for name, group in tasks.items() if name not in of_members}
    shown_in = groups_of(own, spec.tasks) if spec.dag.groups == "auto" else {}
    deciding = settling(plan)
    return tuple(
        StageTask(
            task_id=name,
            stages=tuple(stage.name for stage in group),
            upstream=upstream_of(name, upstream, persistent),
            skips=skips[name],
            consequence=consequence({s.name for other in ancestors(name, upstream) for s in tasks[other]}, deciding),
            runtime=runtime_spec(plan, spec.runtime, group),
            options=stage_options(
                plan, spec, group, "none_failed" if _regardless(name, upstream, persistent) else None
            ),
            group=shown_in.get(name),
            each=name in of_members,
            outlets=outlets_of(plan, [stage.name for stage in group]),
        )
        for name, group in tasks.items()
    )


def _task_upstream(tasks: Mapping[str, Group]) -> dict[str, tuple[str, ...]]:
    owner = {stage.name: name for name, group in tasks.items() for stage in group}
    return {
        name: tuple(dict.fromkeys(owner[above] for stage in group for above in stage.upstream if owner[above] != name))
        for name, group in tasks.items()
    }


def _regardless(name: str, upstream: Mapping[str, tuple[str, ...]], persistent: Collection[str]) -> bool:
    """Whether the task runs where tasks before it were skipped; one that waits for none needs no rule for that."""
    return name in persistent and bool(upstream[name])


def _skips(plan: Plan, tasks: Mapping[str, Group]) -> dict[str, tuple[str, ...]]:
    """Task -> the tasks that have nothing to do when it refuses, whichever of its stages it is that does.

    A task with a stage of another branch is not among them: it starts, and its stages see the refusal themselves.
    """
    upstream = {stage.name: stage.upstream for stage in plan.stages}
    persistent = {stage.name for stage in plan.stages if kind_of(stage.type).even_if_refused}
    found: dict[str, tuple[str, ...]] = {}
    for name, group in tasks.items():
        own = {stage.name for stage in group}
        behind = [{*skipped_by(stage, upstream, persistent)} | own for stage in own]
        idle = set.intersection(*behind)
        found[name] = tuple(o for o, others in tasks.items() if o != name and idle.issuperset(s.name for s in others))
    return found


def settling(plan: Plan) -> set[str]:
    """The stages after which the champion has been decided on."""
    return {stage.name for stage in plan.stages if kind_of(stage.type).settles}


def consequence(before: Collection[str], deciding: Collection[str]) -> str:
    """What a failure means for production: of `before`, which have ended, and `deciding`, which settle the champion."""
    if not deciding:
        return ""
    return CHAMPION_STAYS if set(deciding).isdisjoint(before) else CHAMPION_DECIDED
