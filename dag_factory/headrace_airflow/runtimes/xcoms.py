"""What a task tells Airflow besides its work: links, times, what a run began with."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_LOG = logging.getLogger(__name__)


@contextmanager
def unless_refused(what: str) -> Iterator[None]:
    """Go on where Airflow does not take it: that is no reason for a run to fail. `what` it was is in the log."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever keeps Airflow from taking it
        _LOG.warning("%s could not be told to Airflow: %s", what, error)
