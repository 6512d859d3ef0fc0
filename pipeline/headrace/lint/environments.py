"""Every pipeline is checked in every environment: what breaks in production only is known before it gets there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from headrace.errors import Diagnostic
from headrace.plan.environment import GROUP, default, options
from headrace.project import Project

#: A variable that another environment needs is not to be expected on this machine.
_UNSET_VARIABLE = "HR135"
#: A task that is left out where its stages are: an environment that registers nothing means it.
_LEFT_OUT = "HR365"


@dataclass(frozen=True, slots=True)
class Variant:
    """An environment to check in; no overrides for the one that is run in unless another is named."""

    name: str
    overrides: tuple[str, ...] = ()


def variants(project: Project) -> tuple[Variant, ...]:
    """The environments of a project, the one that commands run in first; one without a name if it has none."""
    first = default(project)
    if first is None:
        return (Variant(""),)
    others = (name for name in options(project) if name != first)
    return (Variant(first), *(Variant(name, (f"{GROUP}={name}",)) for name in others))


def together(seen: Sequence[tuple[Variant, Sequence[Diagnostic]]]) -> tuple[Diagnostic, ...]:
    """What was found in each environment, once; what does not hold in all of them says where it does.

    An environment variable that is not set is only a warning where the environment is not the one run in here.
    """
    where: dict[Diagnostic, list[str]] = {}
    for variant, found in seen:
        for problem in dict.fromkeys(found):
            is_elsewhere = bool(variant.overrides) and problem.code == _UNSET_VARIABLE
            told = replace(problem, severity="warning") if is_elsewhere else problem
            where.setdefault(told, []).append(variant.name)
    broken = {variant.name for variant, found in seen if any(problem.severity == "error" for problem in found)}
    silent = {variant.name for variant, _ in seen} - broken
    return tuple(
        _told(problem, names, seen[0][0].name, silent)
        for problem, names in where.items()
        if problem.code != _LEFT_OUT or silent <= set(names)
    )


def _told(problem: Diagnostic, names: Sequence[str], first: str, silent: set[str]) -> Diagnostic:
    """The problem as it is where it holds in the first environment, and in every other that had its say.

    One that is broken may have stopped before it came to this problem.
    """
    if first in names and silent <= set(names):
        return problem
    return replace(problem, message=f"with {' and '.join(f'{GROUP}={name}' for name in names)}: {problem.message}")
