"""How a kind of stage is declared: when a pipeline has it, and what decides its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headrace.plan.model import Ref

if TYPE_CHECKING:  # a plan that is already compiled is read without the schema
    from headrace.config.schema.spec import Spec


@dataclass(frozen=True, slots=True)
class Draft:
    """A stage as its kind proposes it for a pipeline; the plan adds the recipe."""

    name: str
    config: Mapping[str, Any]
    inputs: Mapping[str, Ref] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    """Packages, besides the kind's own, whose versions decide the result."""


@dataclass(frozen=True, slots=True)
class StageKind:
    """One kind of stage. To add one: write its module and name it in `stages/table.py`."""

    type: str
    runner: str
    """`module:function` of `(StageContext) -> StageResult`, imported when a stage runs."""
    draft: Callable[[Spec], Iterable[Draft]]
    """The stages of this kind that a pipeline asks for; none if it does not."""
    distributions: tuple[str, ...] = ()
    """Packages whose versions decide the result."""
    effect: bool = False
    """Changes the world outside the store; idempotent by run."""
    clocked: bool = False
    """The result depends on `as_of`."""
    observe: str | None = None
    """`module:function` of `(config, World) -> JSON mapping` that enters the key."""
    settles: bool = False
    """What it did is what the effects' observers see from now on, so their decisions stand."""
    even_if_refused: bool = False
    """Runs although a gate said no: reporting does."""
    lasting: bool = False
    """Takes its time, or waits for the world: next to it, handing over to another process costs nothing."""
