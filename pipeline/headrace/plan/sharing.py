"""Stages that are to share a task: whether they can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from headrace.config.schema.runtime import Runtime
from headrace.errors import Diagnostic
from headrace.plan.model import Plan, Stage

#: Keys of which several stages have something in common, whatever each says: the sum, the most, the last one, all.
_COMBINED = frozenset({"timeout", "retries", "owner", "display_name", "doc"})
Group = tuple[Stage, ...]


def groups_as_written(plan: Plan, runtime: Runtime) -> tuple[Group, ...]:
    """The stages by task, where groups are written: each in the plan's order, the groups by their first stage.

    A name that this pipeline has no stage for is left out: an option file serves many pipelines.
    """
    fuse = runtime.fuse
    if fuse is True:
        return (tuple(plan.stages),) if plan.stages else ()
    written = fuse if isinstance(fuse, tuple) else ()
    of = {name: tuple(stage for stage in plan.stages if stage.name in names) for names in written for name in names}
    groups = ((stage, of.get(stage.name, (stage,))) for stage in plan.stages)
    return tuple(group for stage, group in groups if stage == group[0])


def sharing_problems(plan: Plan, runtime: Runtime) -> tuple[Diagnostic, ...]:
    """What keeps stages from sharing a task as they are to."""
    groups = groups_as_written(plan, runtime)
    remedy = "write groups of stages that follow each other, or fuse: auto"
    place = plan.place_of("runtime.fuse")
    return tuple(
        Diagnostic("HR395", text, place, remedy, pipeline=plan.pipeline)
        for text in (*_different(runtime, groups), *_in_a_circle(groups))
    )


def differences(one: Stage, other: Stage, runtime: Runtime, leave_out: Set[str] = _COMBINED) -> list[str]:
    """The keys in which two stages are run each in its own way."""
    ways = [runtime.of_stage(stage.type, stage.name).model_dump() for stage in (one, other)]
    own = [
        {name: value for exception in runtime.exceptions(s.type, s.name) for name, value in exception.written.items()}
        for s in (one, other)
    ]
    names = sorted({*own[0], *own[1]} - leave_out)
    return [name for name in names if ways[0].get(name, own[0].get(name)) != ways[1].get(name, own[1].get(name))]


def _different(runtime: Runtime, groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        for stage in group[1:]:
            if names := differences(group[0], stage, runtime):
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
