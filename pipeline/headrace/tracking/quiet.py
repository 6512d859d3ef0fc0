"""MLflow as a library: nothing printed, nothing sent to its makers, and no waiting for minutes."""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

#: Set where the user has not: MLflow reads them when it is imported and with each request.
_SILENCE: Mapping[str, str] = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",
    "GIT_PYTHON_REFRESH": "quiet",
}
#: MLflow's own defaults let a dead server hold a run up for minutes.
_PATIENCE: Mapping[str, str] = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}
_LOGGERS = ("mlflow", "alembic", "sqlalchemy.engine")
_PACKAGES = r"(mlflow|alembic|sqlalchemy|skops)(\.|$)"


@dataclass
class _Hush:
    """What to put back. Counted, because the database is prepared in a thread while stages run in another."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    depth: int = 0
    added: list[str] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)

    def enter(self) -> None:
        with self.lock:
            self.depth += 1
            if self.depth > 1:
                return
            wanted = {**_SILENCE, **_PATIENCE}
            self.added = [name for name in wanted if name not in os.environ]
            os.environ.update({name: wanted[name] for name in self.added})
            self.levels = {name: logging.getLogger(name).level for name in _LOGGERS}
            if "MLFLOW_LOGGING_LEVEL" in self.added:  # else the user asked to hear of it
                for name in _LOGGERS:
                    logging.getLogger(name).setLevel(logging.CRITICAL)
            warnings.filterwarnings("ignore", module=_PACKAGES)

    def leave(self) -> None:
        with self.lock:
            self.depth -= 1
            if self.depth:
                return
            for name in self.added:
                os.environ.pop(name, None)
            for name, level in self.levels.items():
                logging.getLogger(name).setLevel(level)
            warnings.filters[:] = [entry for entry in warnings.filters if not _is_ours(entry)]  # type: ignore[index]


def _is_ours(entry: tuple[object, ...]) -> bool:
    return getattr(entry[3], "pattern", None) == _PACKAGES


_hush = _Hush()


@contextmanager
def quiet_mlflow() -> Iterator[None]:
    """While this lasts MLflow keeps quiet and impatient; variables that the user set hold. Threads may overlap."""
    _hush.enter()
    try:
        yield
    finally:
        _hush.leave()


@contextmanager
def unhurried() -> Iterator[None]:
    """Within `quiet_mlflow`: time for files, which a server may have to store elsewhere before it answers."""
    name = "MLFLOW_HTTP_REQUEST_TIMEOUT"
    if name not in _hush.added:
        yield  # the user's own limit
        return
    os.environ[name] = "120"
    try:
        yield
    finally:
        os.environ[name] = _PATIENCE[name]


def quiet_environment() -> dict[str, str]:
    """The environment of a child process that runs MLflow: it tells errors only, unless the user wants more."""
    return {**_SILENCE, "MLFLOW_LOGGING_LEVEL": "ERROR", **os.environ}
