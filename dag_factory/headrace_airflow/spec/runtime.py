"""Configuration -> where a task's stages run."""

from __future__ import annotations

from math import ceil

from headrace import secrets
from headrace.clock import parse_duration
from headrace.config.schema.placement import Placement
from headrace.config.schema.runtime import Runtime
from headrace.plan.model import Plan
from headrace.plan.sharing import Group
from headrace_airflow.spec.container import container
from headrace_airflow.spec.model import RuntimeSpec
from headrace_airflow.spec.pod import pod

_IN_IMAGES = {"docker", "kubernetes"}


def runtime_spec(plan: Plan, runtime: Runtime, group: Group) -> RuntimeSpec:
    """Where these stages, which share a task, run. ConfigError for a pod that could not look its secrets up."""
    placement = runtime.of_stage(group[0].type, group[0].name)
    used = secrets.names([placement.env, *(stage.config for stage in group)])
    python = placement.python if _says_python(runtime, group) else None
    spec = RuntimeSpec(
        type=placement.type,
        python=None if placement.type == "in_process" else python,
        environment=_environment(placement),
        secrets=used,
    )
    if placement.type not in _IN_IMAGES:
        return spec
    spec = spec._replace(project=placement.project, home=placement.home, connection=placement.connection)
    if placement.type == "docker":
        return spec._replace(manifest=container(placement), pull=placement.pull)
    return spec._replace(
        environment={},
        secrets=(),
        manifest=pod(plan, placement, spec.environment, used),
        start_timeout=parse_duration(placement.start_timeout).total_seconds(),
    )


def _says_python(runtime: Runtime, group: Group) -> bool:
    """Whether the interpreter was meant for the place where the stages run: one of the machine is none of an image."""
    exceptions = runtime.exceptions(group[0].type, group[0].name)
    if any("python" in exception.written for exception in exceptions):
        return True
    placement = runtime.of_stage(group[0].type, group[0].name)
    return (placement.type in _IN_IMAGES) == (runtime.type in _IN_IMAGES)


def _environment(placement: Placement) -> dict[str, str]:
    """The declared variables; libraries that count processors see those of the whole machine, so they are told."""
    threads = placement.resources.cpu if placement.type in _IN_IMAGES else None
    told = {"OMP_NUM_THREADS": str(ceil(threads))} if threads else {}
    return {**told, **placement.env}
