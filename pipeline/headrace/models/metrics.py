"""Metrics of scored rows. One that cannot be computed is None: never a number that only looks like one."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn import metrics as sk
from sklearn.dummy import DummyClassifier, DummyRegressor

from headrace.config.schema.modelling import Task
from headrace.models.table import Labels, encoded_target
from headrace_features.scoring import probability_column

Metrics = dict[str, float | None]
Floats = npt.NDArray[np.float64]


class Predictor(Protocol):
    """A `Scorer`, or a model that MLflow has loaded: a table in, a table with `prediction` out."""

    def predict(self, frame: pd.DataFrame, /) -> pd.DataFrame:
        """Predictions, one row per row of `frame`."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Actual and predicted values of some rows: floats for a regression, else codes of labels."""

    actual: npt.NDArray[Any]
    predicted: npt.NDArray[Any]
    probability: Floats | None = None
    """Rows by labels."""
    score: Floats | None = None
    """Binary: what ranks the rows, the probability of the positive label or a decision function."""
    n_labels: int = 0

    @property
    def comparable(self) -> bool:
        """Whether there are rows and every prediction is a number."""
        return len(self.actual) > 0 and bool(np.isfinite(self.predicted).all())


def score_metrics(
    model: Predictor, frame: pd.DataFrame, task: Task, names: Sequence[str], info: Mapping[str, Any]
) -> Metrics:
    """Metrics of a model on rows that have their target.

    `info` is the model's own `model.json`: it names the target and the labels. DataError if the rows' target is not
    what the model learned; what `model.predict` raises is passed on.
    """
    actual = encoded_target(frame[info["target"]["column"]], task, labels_of(info))
    return compute(task, names, scored(actual, model.predict(frame), task, info))


def scored(actual: npt.NDArray[Any], predictions: pd.DataFrame, task: Task, info: Mapping[str, Any]) -> Scored:
    """Bring a table of predictions and the encoded target together."""
    labels = labels_of(info)
    if labels is None:
        return Scored(actual, predictions["prediction"].to_numpy(np.float64))
    codes = labels.codes(predictions["prediction"])
    probability = _probability(predictions, task, labels)
    score = None
    if task == "binary":
        ranks = next((name for name in ("probability", "score") if name in predictions), None)
        score = None if ranks is None else predictions[ranks].to_numpy(np.float64)
    return Scored(actual, codes, probability, score, len(labels.values))


def labels_of(info: Mapping[str, Any]) -> Labels | None:
    """The labels that a model's `model.json` names; None for a regression."""
    return None if info.get("labels") is None else Labels(tuple(info["labels"]))


def compute(task: Task, names: Sequence[str], rows: Scored) -> Metrics:
    """The named metrics of the task; KeyError for a name that the task does not have."""
    known = _METRICS[task]
    values: Metrics = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of what is None here
        for name in names:
            value = known[name](rows) if rows.comparable else None
            values[name] = float(value) if value is not None and math.isfinite(value) else None
    return values


def naive(task: Task, train: npt.NDArray[Any], actual: npt.NDArray[Any], labels: Labels | None) -> Scored:
    """What somebody would say who knows nothing but the training target: its mean, or how often each label occurs."""
    rows = np.zeros((len(actual), 1))
    if labels is None:
        regressor = DummyRegressor(strategy="mean").fit(np.zeros((len(train), 1)), train)
        return Scored(actual, regressor.predict(rows))
    classifier = DummyClassifier(strategy="prior").fit(np.zeros((len(train), 1)), train)
    probability = np.zeros((len(actual), len(labels.values)))
    probability[:, classifier.classes_] = classifier.predict_proba(rows)
    score = probability[:, 1] if task == "binary" else None
    return Scored(actual, classifier.predict(rows), probability, score, len(labels.values))


def _probability(predictions: pd.DataFrame, task: Task, labels: Labels) -> Floats | None:
    if task == "binary":
        if "probability" not in predictions:
            return None
        positive = predictions["probability"].to_numpy(np.float64)
        return np.column_stack([1 - positive, positive])
    names = [probability_column(label) for label in labels.values]
    return predictions[names].to_numpy(np.float64) if set(names) <= set(predictions.columns) else None


def _several(rows: Scored) -> bool:
    """Whether more than one label occurs among the actual ones."""
    return len(np.unique(rows.actual)) > 1


def _known_only(rows: Scored) -> bool:
    return bool((rows.actual >= 0).all())


def _ranked(rows: Scored) -> bool:
    return _several(rows) and _finite(rows.score)


def _finite(values: Floats | None) -> bool:
    return values is not None and bool(np.isfinite(values).all())


def _roc_auc(rows: Scored) -> float | None:
    return float(sk.roc_auc_score(rows.actual, rows.score)) if _ranked(rows) else None


def _average_precision(rows: Scored) -> float | None:
    return float(sk.average_precision_score(rows.actual, rows.score)) if _ranked(rows) else None


def _log_loss(rows: Scored) -> float | None:
    if not _finite(rows.probability) or not _known_only(rows):
        return None
    return float(sk.log_loss(rows.actual, rows.probability, labels=np.arange(rows.n_labels)))


def _brier_score(rows: Scored) -> float | None:
    if rows.probability is None or not _finite(rows.probability):
        return None
    return float(np.mean((rows.probability[:, 1] - rows.actual) ** 2))


def _accuracy(rows: Scored) -> float | None:
    return float(sk.accuracy_score(rows.actual, rows.predicted))


def _balanced_accuracy(rows: Scored) -> float | None:
    return sk.balanced_accuracy_score(rows.actual, rows.predicted) if _several(rows) else None


def _of_positives(score: Callable[..., float]) -> Callable[[Scored], float | None]:
    """Precision and its like: nothing divided by nothing is no number."""
    return lambda rows: score(rows.actual, rows.predicted, zero_division=np.nan)


def _f1_macro(rows: Scored) -> float | None:
    return sk.f1_score(rows.actual, rows.predicted, average="macro") if _several(rows) else None


def _matthews(rows: Scored) -> float | None:
    return sk.matthews_corrcoef(rows.actual, rows.predicted) if _several(rows) else None


def _roc_auc_ovr(rows: Scored) -> float | None:
    """Every label must occur: with one missing, its curve does not exist."""
    if rows.probability is None or not _finite(rows.probability):
        return None
    if set(np.unique(rows.actual)) != set(range(rows.n_labels)):
        return None
    curves = [sk.roc_auc_score(rows.actual == code, rows.probability[:, code]) for code in range(rows.n_labels)]
    return float(np.mean(curves))


def _of_varying(score: Callable[..., float]) -> Callable[[Scored], float | None]:
    """R² and its like: a share of the target's variance, which a constant target does not have."""
    return lambda rows: score(rows.actual, rows.predicted) if _several(rows) else None


def _error(score: Callable[..., float]) -> Callable[[Scored], float | None]:
    return lambda rows: score(rows.actual, rows.predicted)


def _percentage_error(rows: Scored) -> float | None:
    """No share of zero: scikit-learn would divide by the smallest float."""
    if (rows.actual == 0).any():
        return None
    return float(sk.mean_absolute_percentage_error(rows.actual, rows.predicted))


_METRICS: dict[str, dict[str, Callable[[Scored], float | None]]] = {
    "binary": {
        "roc_auc": _roc_auc,
        "average_precision": _average_precision,
        "log_loss": _log_loss,
        "brier_score": _brier_score,
        "accuracy": _accuracy,
        "balanced_accuracy": _balanced_accuracy,
        "f1": _of_positives(sk.f1_score),
        "precision": _of_positives(sk.precision_score),
        "recall": _of_positives(sk.recall_score),
        "matthews_corrcoef": _matthews,
    },
    "multiclass": {
        "accuracy": _accuracy,
        "balanced_accuracy": _balanced_accuracy,
        "f1_macro": _f1_macro,
        "log_loss": _log_loss,
        "roc_auc_ovr": _roc_auc_ovr,
        "matthews_corrcoef": _matthews,
    },
    "regression": {
        "r2": _of_varying(sk.r2_score),
        "root_mean_squared_error": _error(sk.root_mean_squared_error),
        "mean_absolute_error": _error(sk.mean_absolute_error),
        "median_absolute_error": _error(sk.median_absolute_error),
        "mean_absolute_percentage_error": _percentage_error,
        "explained_variance": _of_varying(sk.explained_variance_score),
    },
}
