"""How and where a stage runs under Airflow."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from headrace.config.schema.strict import Duration, Part


class Runtime(Part):
    """How a stage is run by Airflow."""

    type: Literal["process"] = "process"
    """`process`: each stage is a process on the machine that runs the Airflow task."""
    python: str | None = None
    """Interpreter of the environment that runs the stages; the one that runs Airflow if not given.

    Example: `/opt/headrace/bin/python`
    """
    fuse: bool = False
    """Run all stages in one task."""
    retries: Annotated[int, Field(ge=0)] = 2
    """Tries after the first. Wrong data and wrong configuration are never tried again.

    Unit: tries
    Example: `2`
    """
    retry_delay: Duration = "1m"
    """Wait before the second try.

    Unit: duration
    Example: `1m`
    """
    retry_backoff: bool = True
    """Double the delay after each try."""
    max_retry_delay: Duration = "30m"
    """The longest wait between two tries.

    Unit: duration
    Example: `30m`
    """
    timeout: Duration = "2h"
    """The longest that one stage may take.

    Unit: duration
    Example: `2h`
    """
    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables for the stages.

    Example: `{OMP_NUM_THREADS: "4"}`
    """
