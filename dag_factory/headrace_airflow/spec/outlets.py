"""What a pipeline's tasks make new for others: its table, and its promoted model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace_airflow.spec.model import OutletSpec

if TYPE_CHECKING:  # operators import this while Airflow parses
    from headrace.plan.model import Plan

#: Kinds of stages that prepare the table: the last of them has it checked and whole.
_PREPARING = ("ingest", "validate", "transform", "validate_table")


def outlets_of(plan: Plan, stages: Collection[str]) -> tuple[OutletSpec, ...]:
    """The assets that a task with these stages makes new."""
    from headrace.schedule.assets import asset_of

    preparing = [stage.name for stage in plan.stages if stage.type in _PREPARING or stage.name in _PREPARING]
    promoting = [stage.name for stage in plan.stages if stage.type == "promote"]
    found = []
    if preparing and preparing[-1] in stages:
        found.append(OutletSpec(**asset_of("dataset", plan.pipeline)))
    if promoting and promoting[-1] in stages:
        found.append(OutletSpec(**asset_of("model", plan.pipeline), if_promoted=True))
    return tuple(found)


def true_outlets(outlets: Sequence[OutletSpec], document: Mapping[str, Any]) -> list[OutletSpec]:
    """Those that the stages have made new, as their document tells: a model that was refused is not."""
    return [outlet for outlet in outlets if not outlet.if_promoted or _has_promoted(document)]


def _has_promoted(document: Mapping[str, Any]) -> bool:
    """Whether the run's model carries the alias: by the promoting stage's facts, or by the report of several stages."""
    if "model" in document:
        return bool((document["model"] or {}).get("alias"))
    return bool(document.get("facts", {}).get("promoted"))
