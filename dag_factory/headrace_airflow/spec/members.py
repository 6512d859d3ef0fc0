"""Plan -> the members of its `for_each`, and which stages are theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headrace.plan.members import is_open, members
from headrace.plan.model import Plan, Stage


def member_labels(plan: Plan) -> tuple[str, ...]:
    """What the members are called, in their order; none for a pipeline of one model."""
    return tuple(member.label for member in members(plan.spec["for_each"])) if is_open(plan.spec) else ()


def stages_of_members(plan: Plan) -> frozenset[str]:
    """The stages that run once for each member; the others are the same for all, and run once."""
    if not is_open(plan.spec):
        return frozenset()
    from headrace.plan.holes import shared_stages  # the schema's rules: only for plans that have holes

    return frozenset(stage.name for stage in plan.stages) - set(shared_stages(plan))


def tasks_of_members(
    plan: Plan, tasks: Mapping[str, Sequence[Stage]], upstream: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    """The tasks that run once for each member: those with such a stage, and those that wait for one.

    `tasks` are in an order in which they can run.
    """
    own = stages_of_members(plan)
    found: set[str] = set()
    for name, stages in tasks.items():
        if any(stage.name in own for stage in stages) or found.intersection(upstream[name]):
            found.add(name)
    return frozenset(found)
