"""The executors that Airflow is set up with."""

from __future__ import annotations

from headrace.errors import HeadraceError


class UnknownExecutorError(HeadraceError):
    """Airflow is not set up with that executor."""

    code = "HR334"


def require_executor(name: str, key: str = "runtime.executor") -> None:
    """UnknownExecutorError, at the key that names it, unless Airflow is set up with it.

    A worker, which has no executors, is not asked.
    """
    try:
        from airflow.exceptions import UnknownExecutorException
        from airflow.executors.executor_loader import ExecutorLoader
    except ImportError:
        return
    try:
        ExecutorLoader.lookup_executor_name_by_str(name)
    except UnknownExecutorException:
        known = ", ".join(sorted({found.alias or found.module_path for found in ExecutorLoader.get_executor_names()}))
        raise UnknownExecutorError(
            f"Airflow has no executor `{name}`",
            remedy=f"name one of {known}, or add it to [core] executor",
            key=key,
        ) from None
