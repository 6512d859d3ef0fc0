"""What kind of failure an error is."""

from __future__ import annotations

import errno
import sqlite3

import pytest

from headrace.errors import DataError, ServiceError, StageError
from headrace.failures import failure_kind

#: As the class of that name in requests, and one that inherits from it.
ReadTimeout = type("ReadTimeout", (Exception,), {})
PoolTimeout = type("PoolTimeout", (ReadTimeout,), {})


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ServiceError("MLflow is unreachable"), "connection"),
        (ConnectionResetError("reset by peer"), "connection"),
        (TimeoutError("timed out"), "connection"),
        (PoolTimeout("read timed out"), "connection"),
        (caused(StageError("stage train failed"), ConnectionRefusedError()), "connection"),
        (StageError("stage train failed: ConnectionRefusedError: refused"), "connection"),
        (sqlite3.OperationalError("database is locked"), "locked"),
        (caused(StageError("stage track failed: OperationalError: x"), BlockingIOError("r is locked")), "locked"),
        (OSError(errno.EBUSY, "busy"), "locked"),
        (StageError('DuckDB stopped: IO Error: Could not set lock on file "x.db"'), "locked"),
        (caused(StageError("XGBClassifier failed"), MemoryError()), "killed"),
        (StageError("XGBClassifier failed: MemoryError: "), "killed"),
        (OSError(errno.ENOSPC, "no space left"), "unknown"),
        (StageError("stage train failed: ZeroDivisionError: division by zero"), "unknown"),
        (DataError("a door is locked"), "unknown"),
    ],
)
def test_the_error_or_its_cause_tells(error: Exception, kind: str) -> None:
    assert failure_kind(error) == kind


def test_errors_that_cause_each_other_have_an_end() -> None:
    first, second = StageError("a"), StageError("b")
    first.__cause__, second.__cause__ = second, first

    assert failure_kind(first) == "unknown"
