"""How and where a stage runs under Airflow."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from headrace.config.schema.placement import Fuse, Placement
from headrace.config.schema.strict import Duration


class Runtime(Placement):
    """How a stage is run by Airflow."""

    fuse: Fuse = False
    """Stages that share a task: `never` (or false), all of them (true), short neighbours (`auto`), or groups of stages
    by their names.

    Example: `[[validate, transform, split], [gate, register, promote]]`
    """
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
