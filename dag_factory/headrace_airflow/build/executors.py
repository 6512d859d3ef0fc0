"""The executors that Airflow is set up with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from headrace.errors import HeadraceError

#: Whether the DAGs that are built run in another Airflow than the one that builds them.
_RUN_ELSEWHERE: ContextVar[bool] = ContextVar("run_elsewhere", default=False)


class UnknownExecutorError(HeadraceError):
    """Airflow is not set up with that executor."""

    code = "HR334"


@contextmanager
def run_elsewhere() -> Iterator[None]:
    """DAGs that are built meanwhile are only looked at: an executor that is not here is left out of their tasks."""
    before = _RUN_ELSEWHERE.set(True)
    try:
        yield
    finally:
        _RUN_ELSEWHERE.reset(before)


def may_name(name: str, key: str = "runtime.executor") -> bool:
    """Whether Airflow is set up with the executor that a key of the configuration names.

    UnknownExecutorError if not, unless the DAGs run elsewhere.
    """
    lacking = missing_executor(name, key)
    if lacking and not _RUN_ELSEWHERE.get():
        raise lacking
    return lacking is None


def missing_executor(name: str, key: str = "runtime.executor") -> UnknownExecutorError | None:
    """What is wrong with an executor that Airflow is not set up with; a worker, which has none, is not asked."""
    try:
        from airflow.exceptions import UnknownExecutorException
        from airflow.executors.executor_loader import ExecutorLoader
    except ImportError:
        return None
    try:
        ExecutorLoader.lookup_executor_name_by_str(name)
    except UnknownExecutorException:
        known = ", ".join(sorted({found.alias or found.module_path for found in ExecutorLoader.get_executor_names()}))
        return UnknownExecutorError(
            f"Airflow has no executor `{name}`",
            remedy=f"name one of {known}, or add it to [core] executor",
            key=key,
        )
    return None
