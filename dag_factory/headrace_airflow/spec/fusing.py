"""Which stages share a task, and what such a task is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.config.schema.runtime import Runtime
from headrace.errors import ConfigError
from headrace.operators.references import waits_for
from headrace.plan.model import Plan, Stage
from headrace.plan.sharing import Group, differences, groups_as_written, sharing_problems
from headrace.stages.table import kind_of
from headrace_airflow.spec.members import stages_of_members

#: The name of the one task of a pipeline that is fused as a whole.
FUSED = "all_stages"


def stage_groups(plan: Plan, runtime: Runtime) -> tuple[Group, ...]:
    """The stages by task, each group in the plan's order, the groups by their first stage.

    ConfigError where stages are to share a task that cannot.
    """
    if runtime.fuse == "auto":
        return tuple(_neighbours(plan, runtime))
    if problems := sharing_problems(plan, runtime):
        raise ConfigError(problems)
    return groups_as_written(plan, runtime)


def task_name(group: Group, groups: Sequence[Group]) -> str:
    """The name of the group's task: the stage's own, or those of its first and last stage."""
    if len(group) == 1:
        return group[0].name
    return FUSED if len(groups) == 1 else f"{group[0].name}_to_{group[-1].name}"


def _neighbours(plan: Plan, runtime: Runtime) -> Iterator[Group]:
    """Runs of short stages that follow each other in the plan, in the same place and with the same options.

    What all members share is not made in a task of one of them. What an added task comes before begins a group, and
    what one comes after ends one, so that it stands where it was put.

    Intervals of a topological order never wait for each other in a circle.
    """
    group: list[Stage] = []
    of_members = stages_of_members(plan)
    first, last = _beside_tasks(plan)
    for stage in plan.stages:
        alone = kind_of(stage.type).lasting
        parts = bool(group) and (
            (stage.name in of_members) != (group[-1].name in of_members)
            or stage.name in first
            or group[-1].name in last
        )
        if group and (alone or parts or kind_of(group[-1].type).lasting or not _alike(group[-1], stage, runtime)):
            yield tuple(group)
            group = []
        group.append(stage)
    if group:
        yield tuple(group)


def _beside_tasks(plan: Plan) -> tuple[frozenset[str], frozenset[str]]:
    """The stages that an added task comes before, and those that one comes after."""
    tasks = plan.spec["tasks"].values()
    return (
        frozenset(name for task in tasks for name in task["before"]),
        frozenset(name for task in tasks for name in waits_for(task)),
    )


def _alike(one: Stage, other: Stage, runtime: Runtime) -> bool:
    return not differences(one, other, runtime, leave_out={"timeout"})
