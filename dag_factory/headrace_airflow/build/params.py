"""What a run may be started with -> Airflow's params, which its form and its API check by their schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import Param


def param_arguments(params: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a DAG is told of its parameters; nothing where there are none."""
    return {"params": {name: _param(schema) for name, schema in params.items()}} if params else {}


def _param(schema: Mapping[str, Any]) -> Param:
    rest = {key: value for key, value in schema.items() if key not in {"default", "description"}}
    return Param(schema["default"], description=schema.get("description"), schema=rest)
