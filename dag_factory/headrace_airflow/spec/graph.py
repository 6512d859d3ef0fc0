"""Which task waits for which, and which is skipped when one refuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from headrace.operators.circles import before

#: Stage -> the stages before it.
Upstream = Mapping[str, tuple[str, ...]]


def ancestors(name: str, upstream: Upstream) -> set[str]:
    """Every stage that must have ended before this one."""
    return before(upstream, name)


def skipped_by(name: str, upstream: Upstream, persistent: Collection[str]) -> tuple[str, ...]:
    """The tasks that have nothing to do when this one refuses: all behind it.

    Except those that run regardless, and what follows on these alone.
    """
    skipped: set[str] = set()
    reached = {name}
    while reached:
        behind = {task for task, above in upstream.items() if not reached.isdisjoint(above)}
        reached = behind.difference(skipped, persistent)
        skipped |= reached
    return tuple(task for task in upstream if task in skipped)


def upstream_of(name: str, upstream: Upstream, persistent: Collection[str]) -> tuple[str, ...]:
    """The direct edges that a reader needs: one that a path through another implies is left out.

    A stage that runs regardless may find the last stage of a path skipped while one on another branch is still at
    work; it keeps its edge to that one.
    """
    direct = upstream[name]

    def implies(through: str, stage: str) -> bool:
        if stage not in ancestors(through, upstream):
            return False
        return name not in persistent or _has_ended_when_skipped(through, stage, upstream, persistent)

    return tuple(stage for stage in direct if not any(implies(through, stage) for through in direct))


def _has_ended_when_skipped(name: str, stage: str, upstream: Upstream, persistent: Collection[str]) -> bool:
    """Whether `stage` has ended, or is skipped too, whichever refusal it is that skips `name`."""
    for refusing in ancestors(name, upstream):
        skipped = skipped_by(refusing, upstream, persistent)
        if name in skipped and stage not in {refusing, *skipped, *ancestors(refusing, upstream)}:
            return False
    return True
