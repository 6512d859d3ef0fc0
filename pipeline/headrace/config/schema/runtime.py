"""How and where a stage runs under Airflow."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from headrace.config.schema.exceptional import with_exceptions
from headrace.config.schema.execution import Execution, StageExecution
from headrace.config.schema.placement import Fuse, Placement


def _without_empty(value: Any) -> Any:
    """Null takes back all that another file says of a stage."""
    return {name: stage for name, stage in value.items() if stage is not None} if isinstance(value, dict) else value


class Runtime(Execution, Placement):
    """How and where Airflow runs the stages."""

    fuse: Fuse = False
    """Stages that share a task: `never` (or false), all of them (true), short neighbours (`auto`), or groups of stages
    by their names.

    Example: `[[validate, transform, split], [gate, register, promote]]`
    """
    stages: Annotated[dict[str, StageExecution], BeforeValidator(_without_empty)] = Field(default_factory=dict)
    """What is different for some stages, by their kind (`validate`) or their own name (`validate_table`), which wins.

    Example: `{train: {retries: 5, timeout: 6h, pool: gpu}}`
    """

    def exceptions(self, kind: str, name: str) -> tuple[StageExecution, ...]:
        """What is different for a stage, the nearer one last."""
        return tuple(self.stages[key] for key in dict.fromkeys((kind, name)) if key in self.stages)

    def of_stage(self, kind: str, name: str) -> Runtime:
        """The runtime of one stage."""
        return with_exceptions(self, self.exceptions(kind, name))
