"""The local MLflow database: made once, whole or not at all, and known again by its fingerprint."""

from __future__ import annotations

import glob
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from headrace.tracking.connection import connected
from headrace.tracking.settings import Settings, database_file

#: Where SQLite counts the transactions that changed a file; times alone have the grain of the file system.
_CHANGE_COUNTER = slice(24, 28)


def prepare(settings: Settings) -> None:
    """Make local databases that are missing, and connect once, so that what follows only pays for its own work.

    Safe in a thread beside other stages and in several processes at once. Raises ServiceError.
    """
    with connected(settings) as client:
        client.search_registered_models(max_results=1)  # connects the registry too


def ensure_databases(settings: Settings) -> None:
    """Make the local databases that are missing, each by one process while the others wait.

    The tables are made in a file of another name that is then renamed: a killed process leaves no half of a database.
    """
    for uri in dict.fromkeys((settings.tracking_uri, settings.registry_uri)):
        file = database_file(uri)
        if file is not None and not file.exists():
            _create(settings, file)


def fingerprint(file: Path) -> list[Any] | None:
    """What changes with every write to a SQLite database: sizes, times and its own counter; None if it is absent."""
    try:
        with file.open("rb") as database:
            counter = database.read(_CHANGE_COUNTER.stop)[_CHANGE_COUNTER]
    except OSError:
        return None
    marks: list[Any] = [counter.hex()]
    for name in (file.name, f"{file.name}-wal", f"{file.name}-journal"):
        with suppress(OSError):
            stat = file.with_name(name).stat()
            marks.append([name, stat.st_size, stat.st_mtime_ns])
    return marks


def _create(settings: Settings, file: Path) -> None:
    from filelock import FileLock

    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f".{file.name}.lock")):
        if file.exists():
            return  # another process was first
        for left in file.parent.glob(f".{glob.escape(file.name)}.{'[0-9a-f]' * 8}"):
            left.unlink()  # of a process that was killed: this one holds the lock
        part = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}")
        try:
            with _unsynced(part):
                _make_tables(part, settings)
            _publish(part, file)
        finally:
            part.unlink(missing_ok=True)


def _make_tables(file: Path, settings: Settings) -> None:
    """MLflow's own first connection: all of its migrations, and the experiment `Default`."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    uri, root = f"sqlite:///{file.as_posix()}", settings.artifact_root or settings.home.as_uri()
    store = SqlAlchemyStore(uri, root)  # type: ignore[no-untyped-call]
    store.engine.dispose()


@contextmanager
def _unsynced(file: Path) -> Iterator[None]:
    """Let SQLite write that one file without waiting for the disk after each of some seventy migrations."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def relax(connection: Any, _record: Any) -> None:
        if connection.execute("PRAGMA database_list").fetchone()[2].endswith(file.name):
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA journal_mode = MEMORY")

    event.listen(Engine, "connect", relax)
    try:
        yield
    finally:
        event.remove(Engine, "connect", relax)


def _publish(part: Path, file: Path) -> None:
    """Give a finished database its name, once it is on the disk, unless somebody else's has it by now."""
    with part.open("rb") as database:
        os.fsync(database.fileno())
    try:
        os.link(part, file)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        part.replace(file)
