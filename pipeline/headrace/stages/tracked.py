"""What the stages that talk to MLflow have in common: their part of the slice, and whom they speak for."""

from __future__ import annotations

from headrace.config.schema.operation import Tracking
from headrace.config.schema.strict import Part
from headrace.stages.contract import RunInfo, StageContext
from headrace.tracking import RunKey, Settings, tracking_settings


class RegisteredName(Part):
    """The registered model, with its name resolved, and the alias that production follows."""

    name: str
    alias: str


class RegistryPart(Part):
    """Where models of a pipeline are tracked and registered."""

    tracking: Tracking
    registry: RegisteredName
    pipeline: str


def settings_of(ctx: StageContext) -> Settings:
    """The MLflow that the stage's slice and environment name."""
    return tracking_settings(ctx.config, ctx.home, root=ctx.root)


def run_of(ctx: StageContext) -> RunInfo:
    """The run that an effect works for."""
    if ctx.run is None:
        raise TypeError("a stage that talks to MLflow is an effect: it needs to know its run")
    return ctx.run


def run_key(run: RunInfo, owner: str = "") -> RunKey:
    """The run, as MLflow runs are found by it."""
    return RunKey(run.run_id, run.pipeline, run.started, run.facts.get("parent_run"), owner)
