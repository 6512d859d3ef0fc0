"""Where stages run, by the key that says so, and where each of its keys is written."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.config.schema import Spec
from headrace.config.schema.exceptional import with_exceptions
from headrace.config.schema.placement import Placement


def placements(spec: Spec) -> Mapping[str, Placement]:
    """Where stages run, by the key of the exception; the empty one is for all others."""
    runtime = spec.runtime
    exceptions = {stage: with_exceptions(runtime, [exception]) for stage, exception in runtime.stages.items()}
    return {"": runtime, **exceptions}


def written(spec: Spec, stage: str, key: str) -> str:
    """The path of a key: the exception's where it says something of it, else the pipeline's, which it inherits."""
    own = stage and key in spec.runtime.stages[stage].model_fields_set
    return f"runtime.stages.{stage}.{key}" if own else f"runtime.{key}"
