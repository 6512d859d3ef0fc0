"""How and where a stage runs under Airflow."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from headrace.config.schema.exceptional import with_exceptions
from headrace.config.schema.execution import Execution, StageExecution


class Runtime(Execution):
    """How and where Airflow runs the stages."""

    type: Literal["process"] = "process"
    """`process`: each stage is a process on the machine that runs the Airflow task."""
    python: str | None = None
    """Interpreter of the environment that runs the stages; the one that runs Airflow if not given.

    Example: `/opt/headrace/bin/python`
    """
    fuse: bool = False
    """Run all stages in one task."""
    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables for the stages.

    Example: `{OMP_NUM_THREADS: "4"}`
    """
    stages: dict[str, StageExecution] = Field(default_factory=dict)
    """What is different for some stages, by their kind (`validate`) or their own name (`validate_table`), which wins.

    Example: `{train: {retries: 5, timeout: 6h, pool: gpu}}`
    """

    def exceptions(self, kind: str, name: str) -> tuple[StageExecution, ...]:
        """What is different for a stage, the nearer one last."""
        return tuple(self.stages[key] for key in dict.fromkeys((kind, name)) if key in self.stages)

    def of_stage(self, kind: str, name: str) -> Runtime:
        """The runtime of one stage."""
        return with_exceptions(self, self.exceptions(kind, name))
