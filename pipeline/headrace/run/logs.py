"""Structured logs: one JSON document a line, with run and stage, in a file of the run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from headrace.stages.contract import Log


def open_log(path: Path, redact: Callable[[str], str], **facts: Any) -> Log:
    """A logger that appends to `path`; every line carries `facts`, and no secret."""
    import structlog

    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a", encoding="utf-8")

    def hide(logger: Any, method: str, line: Any) -> str:
        del logger, method
        return redact(str(line))

    logger = structlog.wrap_logger(
        structlog.WriteLogger(file),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
            hide,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    bound: Log = logger.bind(**facts)
    return bound
