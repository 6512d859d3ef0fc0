"""The data behind a model's pictures, thinned so that each curve has at most 200 points."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import metrics as sk

from headrace.config.schema.modelling import Task
from headrace.models.metrics import Floats, Scored
from headrace.models.table import Labels

MAX_POINTS = 200
MAX_DOTS = 1_000
CALIBRATION_BINS = 10
HISTOGRAM_BINS = 30


def curves(task: Task, rows: Scored, labels: Labels | None, seed: int) -> dict[str, Any]:
    """Everything that can be drawn of these rows, as JSON; a part that cannot be computed is left out."""
    if not rows.comparable:
        return {}
    if labels is None:
        return _regression(rows, seed)
    shared = {"confusion": _confusion(rows, labels)}
    return {**_binary(rows), **shared} if task == "binary" else {**shared, "recall": _recall(rows, labels)}


def _binary(rows: Scored) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rows.score is None or not np.isfinite(rows.score).all():
        return found
    if len(np.unique(rows.actual)) == 2:
        fpr, tpr, _ = sk.roc_curve(rows.actual, rows.score)
        precision, recall, _ = sk.precision_recall_curve(rows.actual, rows.score)
        found["roc"] = _thinned(fpr=fpr, tpr=tpr)
        found["precision_recall"] = _thinned(recall=recall[::-1], precision=precision[::-1])
    if rows.probability is not None:
        found["calibration"] = _calibration(rows.actual, rows.probability[:, 1])
        found["score_histogram"] = _score_histogram(rows.actual, rows.probability[:, 1])
    return found


def _calibration(actual: npt.NDArray[Any], probability: Floats) -> dict[str, list[float]]:
    """Rows in tenths by predicted probability: the mean prediction, and how often the event occurred."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, CALIBRATION_BINS + 1)))
    bins = np.searchsorted(edges[1:-1], probability, side="right")
    count = np.bincount(bins)
    filled = count > 0
    predicted = np.bincount(bins, probability)[filled] / count[filled]
    observed = np.bincount(bins, actual)[filled] / count[filled]
    return {"predicted": _floats(predicted), "observed": _floats(observed), "count": count[filled].tolist()}


def _score_histogram(actual: npt.NDArray[Any], probability: Floats) -> dict[str, list[float]]:
    edges = np.linspace(0, 1, HISTOGRAM_BINS + 1)
    counts = {name: np.histogram(probability[actual == code], edges)[0] for code, name in enumerate(_SIDES)}
    return {"edges": _floats(edges), **{name: count.tolist() for name, count in counts.items()}}


_SIDES = ("negative", "positive")


def _confusion(rows: Scored, labels: Labels) -> dict[str, Any]:
    """Counts by actual (rows) and predicted label (columns); rows of a label that training never saw are left out."""
    n = len(labels.values)
    known = rows.actual >= 0
    cells = rows.actual[known] * n + rows.predicted[known]
    counts = np.bincount(cells.astype(np.intp), minlength=n * n).reshape(n, n)
    return {"labels": [str(label) for label in labels.values], "counts": counts.tolist()}


def _recall(rows: Scored, labels: Labels) -> dict[str, Any]:
    """The share of each label's rows that were predicted right; None where the label does not occur."""
    counts = np.array(_confusion(rows, labels)["counts"])
    totals = counts.sum(axis=1)
    shares = [float(counts[i, i] / total) if total else None for i, total in enumerate(totals)]
    return {"labels": [str(label) for label in labels.values], "recall": shares, "count": totals.tolist()}


def _regression(rows: Scored, seed: int) -> dict[str, Any]:
    size = min(len(rows.actual), MAX_DOTS)
    drawn = np.sort(np.random.default_rng(seed).choice(len(rows.actual), size, replace=False))
    counts, edges = np.histogram(rows.actual - rows.predicted, HISTOGRAM_BINS)
    return {
        "predicted_vs_actual": {"predicted": _floats(rows.predicted[drawn]), "actual": _floats(rows.actual[drawn])},
        "residuals": {"edges": _floats(edges), "counts": counts.tolist()},
    }


def _thinned(**axes: Floats) -> dict[str, list[float]]:
    """The first and the last point of a curve, and those between at equal steps along it."""
    length = len(next(iter(axes.values())))
    kept = np.unique(np.linspace(0, length - 1, min(length, MAX_POINTS)).round().astype(np.intp))
    return {name: _floats(values[kept]) for name, values in axes.items()}


def _floats(values: Floats) -> list[float]:
    return [float(f"{value:.6g}") for value in values]
