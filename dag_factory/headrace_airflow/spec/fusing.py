"""Which stages share a task, and what such a task is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from headrace.config.schema.runtime import Runtime
from headrace.errors import ConfigError, Diagnostic
from headrace.plan.model import Plan, Stage
from headrace.stages.table import kind_of
from headrace_airflow.spec.members import stages_of_members

#: The name of the one task of a pipeline that is fused as a whole.
FUSED = "all_stages"
#: Keys of which several stages have something in common, whatever each says: the sum, the most, the last one.
_COMBINED = frozenset({"timeout", "retries", "owner", "display_name"})
Group = tuple[Stage, ...]


def stage_groups(plan: Plan, runtime: Runtime) -> tuple[Group, ...]:
    """The stages by task, each group in the plan's order, the groups by their first stage.

    ConfigError where stages are to share a task that cannot.
    """
    fuse = runtime.fuse
    if fuse == "auto":
        return tuple(_neighbours(plan, runtime))
    if fuse is True:
        groups = [tuple(plan.stages)] if plan.stages else []
    elif isinstance(fuse, tuple):
        groups = list(_as_written(plan, fuse))
    else:
        groups = [(stage,) for stage in plan.stages]
    _check(plan, runtime, groups)
    return tuple(groups)


def task_name(group: Group, groups: Sequence[Group]) -> str:
    """The name of the group's task: the stage's own, or those of its first and last stage."""
    if len(group) == 1:
        return group[0].name
    return FUSED if len(groups) == 1 else f"{group[0].name}_to_{group[-1].name}"


def _neighbours(plan: Plan, runtime: Runtime) -> Iterator[Group]:
    """Runs of short stages that follow each other in the plan, in the same place and with the same options.

    What all members share is not made in a task of one of them.

    Intervals of a topological order never wait for each other in a circle.
    """
    group: list[Stage] = []
    of_members = stages_of_members(plan)
    for stage in plan.stages:
        alone = kind_of(stage.type).lasting
        parts = bool(group) and (stage.name in of_members) != (group[-1].name in of_members)
        if group and (alone or parts or kind_of(group[-1].type).lasting or not _alike(group[-1], stage, runtime)):
            yield tuple(group)
            group = []
        group.append(stage)
    if group:
        yield tuple(group)


def _as_written(plan: Plan, written: Sequence[Sequence[str]]) -> Iterator[Group]:
    """A name that this pipeline has no stage for is left out: an option file serves many pipelines."""
    of = {name: tuple(stage for stage in plan.stages if stage.name in names) for names in written for name in names}
    for stage in plan.stages:
        group = of.get(stage.name, (stage,))
        if stage == group[0]:
            yield group


def _alike(one: Stage, other: Stage, runtime: Runtime) -> bool:
    return not _differences(one, other, runtime, {"timeout"})


def _differences(one: Stage, other: Stage, runtime: Runtime, leave_out: Set[str]) -> list[str]:
    """The keys in which two stages are run each in its own way."""
    ways = [runtime.of_stage(stage.type, stage.name).model_dump() for stage in (one, other)]
    own = [
        {name: value for exception in runtime.exceptions(s.type, s.name) for name, value in exception.written.items()}
        for s in (one, other)
    ]
    names = sorted({*own[0], *own[1]} - leave_out)
    return [name for name in names if ways[0].get(name, own[0].get(name)) != ways[1].get(name, own[1].get(name))]


def _check(plan: Plan, runtime: Runtime, groups: Sequence[Group]) -> None:
    problems = [*_different(runtime, groups), *_in_a_circle(groups)]
    if problems:
        remedy = "write groups of stages that follow each other, or fuse: auto"
        place = plan.place_of("runtime.fuse")
        raise ConfigError(Diagnostic("HR395", text, place, remedy, pipeline=plan.pipeline) for text in problems)


def _different(runtime: Runtime, groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        for stage in group[1:]:
            if names := _differences(group[0], stage, runtime, _COMBINED):
                yield (
                    f"`{group[0].name}` and `{stage.name}` are to share a task, and differ in {', '.join(names)}: "
                    "see runtime.stages"
                )


def _in_a_circle(groups: Sequence[Group]) -> Iterator[str]:
    """Groups that would wait for each other: nothing that such a group waits for is without a task before it."""
    owner = {stage.name: group for group in groups for stage in group}
    waits = {group[0].name: _waits_for(group, owner) for group in groups}
    while ready := [name for name, before in waits.items() if not before]:
        waits = {name: before - set(ready) for name, before in waits.items() if name not in ready}
    for group in groups:
        if group[0].name in waits and len(group) > 1:
            names, between = (f"`{stage.name}`" for stage in group), ", ".join(sorted(waits[group[0].name]))
            yield f"{' and '.join(names)} cannot share a task: they also wait for {between}, which waits for them"


def _waits_for(group: Group, owner: Mapping[str, Group]) -> set[str]:
    names = {name for stage in group for name in stage.upstream}
    return {owner[name][0].name for name in names if owner[name] != group}
