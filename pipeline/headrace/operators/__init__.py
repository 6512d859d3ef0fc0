"""Added tasks, checked without Airflow: their order, the operators and functions that they name, the arguments."""

from headrace.operators.checks import (
    are_checked,
    distributions,
    look_up_operators,
    operator_diagnostics,
    sources,
    task_diagnostics,
)

__all__ = ["are_checked", "distributions", "look_up_operators", "operator_diagnostics", "sources", "task_diagnostics"]
