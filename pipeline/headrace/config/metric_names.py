"""Which metrics a task has and which way is better. Light: names only, nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Direction = Literal["max", "min"]

#: Task -> metric -> whether a larger ("max") or a smaller ("min") value is better.
METRICS: Mapping[str, Mapping[str, Direction]] = MappingProxyType(
    {
        "binary": MappingProxyType(
            {
                "roc_auc": "max",
                "average_precision": "max",
                "log_loss": "min",
                "brier_score": "min",
                "accuracy": "max",
                "balanced_accuracy": "max",
                "f1": "max",
                "precision": "max",
                "recall": "max",
                "matthews_corrcoef": "max",
            }
        ),
        "multiclass": MappingProxyType(
            {
                "accuracy": "max",
                "balanced_accuracy": "max",
                "f1_macro": "max",
                "log_loss": "min",
                "roc_auc_ovr": "max",
                "matthews_corrcoef": "max",
            }
        ),
        "regression": MappingProxyType(
            {
                "r2": "max",
                "root_mean_squared_error": "min",
                "mean_absolute_error": "min",
                "median_absolute_error": "min",
                "mean_absolute_percentage_error": "min",
                "explained_variance": "max",
            }
        ),
    }
)


def names(task: str) -> tuple[str, ...]:
    """The metrics of a task, in the order in which they are shown; KeyError for an unknown task."""
    return tuple(METRICS[task])


def direction(task: str, metric: str) -> Direction:
    """Whether a larger or a smaller value of the metric is better; KeyError if the task does not have it."""
    return METRICS[task][metric]
