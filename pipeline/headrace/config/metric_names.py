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


#: What other libraries call them; of several, the first that the task has.
OTHER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "auc": ("roc_auc", "roc_auc_ovr"),
        "auroc": ("roc_auc", "roc_auc_ovr"),
        "roc_auc_score": ("roc_auc", "roc_auc_ovr"),
        "aucpr": ("average_precision",),
        "pr_auc": ("average_precision",),
        "ap": ("average_precision",),
        "logloss": ("log_loss",),
        "mlogloss": ("log_loss",),
        "cross_entropy": ("log_loss",),
        "brier": ("brier_score",),
        "f1_score": ("f1", "f1_macro"),
        "macro_f1": ("f1_macro",),
        "mcc": ("matthews_corrcoef",),
        "sensitivity": ("recall",),
        "tpr": ("recall",),
        "ppv": ("precision",),
        "rmse": ("root_mean_squared_error",),
        "mse": ("root_mean_squared_error",),
        "mean_squared_error": ("root_mean_squared_error",),
        "mae": ("mean_absolute_error",),
        "medae": ("median_absolute_error",),
        "mape": ("mean_absolute_percentage_error",),
        "r_squared": ("r2",),
        "r2_score": ("r2",),
    }
)


def names(task: str) -> tuple[str, ...]:
    """The metrics of a task, in the order in which they are shown; KeyError for an unknown task."""
    return tuple(METRICS[task])


def direction(task: str, metric: str) -> Direction:
    """Whether a larger or a smaller value of the metric is better; KeyError if the task does not have it."""
    return METRICS[task][metric]


_INFINITE = float("inf")
#: Metrics that are not shares between 0 and 1 -> the smallest and the largest value they can have.
_BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "log_loss": (0.0, _INFINITE),
        "matthews_corrcoef": (-1.0, 1.0),
        "r2": (-_INFINITE, 1.0),
        "explained_variance": (-_INFINITE, 1.0),
        "root_mean_squared_error": (0.0, _INFINITE),
        "mean_absolute_error": (0.0, _INFINITE),
        "median_absolute_error": (0.0, _INFINITE),
        "mean_absolute_percentage_error": (0.0, _INFINITE),
    }
)


def bounds(metric: str) -> tuple[float, float]:
    """The smallest and the largest value that a metric can have; infinite where there is no bound."""
    return _BOUNDS.get(metric, (0.0, 1.0))
