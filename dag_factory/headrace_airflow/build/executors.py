"""The executors that Airflow is set up with."""

from __future__ import annotations

from headrace.errors import HeadraceError


class UnknownExecutorError(HeadraceError):
    """Airflow is not set up with that executor."""

    code = "HR334"


def require_executor(name: str) -> None:
    """UnknownExecutorError unless Airflow is set up with it; a worker, which has no executors, is not asked."""
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
            key="runtime.executor",
        ) from None
