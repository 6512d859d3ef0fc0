"""Secrets that stages look up in pods: that the cluster keeps each of them."""

from __future__ import annotations

from collections.abc import Iterator

from headrace import secrets
from headrace.config.schema.runtime import Runtime
from headrace.errors import Diagnostic
from headrace.plan.model import Plan


def pod_secret_problems(plan: Plan, runtime: Runtime) -> Iterator[Diagnostic]:
    """Secrets of the stages' own values without a place in the cluster; those of `env` are looked at before."""
    told: set[str] = set()
    for stage in plan.stages:
        placement = runtime.of_stage(stage.type, stage.name)
        if placement.type == "kubernetes":
            missing = [name for name in secrets.names(stage.config) if name not in {*placement.secrets, *told}]
            told.update(missing)
            yield from (without_place(plan, name) for name in missing)


def without_place(plan: Plan, name: str) -> Diagnostic:
    """What to say of a secret that a pod cannot look up."""
    return Diagnostic(
        "HR394",
        f"stages look up the secret {name}, and a pod cannot",
        plan.place_of("runtime.type"),
        f"say where the cluster keeps it: secrets: {{{name}: {{name: …, key: …}}}}",
        pipeline=plan.pipeline,
    )
