from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import auc, confusion_matrix, roc_auc_score

from headrace.models.curves import MAX_DOTS, MAX_POINTS, curves
from headrace.models.metrics import Scored
from headrace.models.table import Labels

LABELS = Labels((False, True))


def binary(rows: int, seed: int = 0) -> Scored:
    random = np.random.default_rng(seed)
    probability = random.random(rows)
    actual = (random.random(rows) < probability).astype(int)
    return Scored(
        actual, (probability > 0.5).astype(int), np.column_stack([1 - probability, probability]), probability, 2
    )


def test_thinned_curves_keep_their_shape() -> None:
    rows = binary(20_000)
    found = curves("binary", rows, LABELS, 0)
    roc = found["roc"]
    assert len(roc["fpr"]) == len(roc["tpr"]) <= MAX_POINTS
    assert (roc["fpr"][0], roc["tpr"][0], roc["fpr"][-1], roc["tpr"][-1]) == (0, 0, 1, 1)
    assert auc(roc["fpr"], roc["tpr"]) == pytest.approx(roc_auc_score(rows.actual, rows.score), abs=2e-3)
    precision_recall = found["precision_recall"]
    assert precision_recall["recall"] == sorted(precision_recall["recall"])
    json.dumps(found, allow_nan=False)


def test_calibration_compares_what_was_said_with_what_happened() -> None:
    found = curves("binary", binary(20_000), LABELS, 0)["calibration"]
    assert len(found["count"]) == 10
    assert sum(found["count"]) == 20_000
    np.testing.assert_allclose(found["predicted"], found["observed"], atol=0.05)


def test_calibration_of_one_constant_is_one_point() -> None:
    rows = binary(50)
    constant = Scored(rows.actual, rows.actual, np.full((50, 2), 0.5), np.full(50, 0.5), 2)
    found = curves("binary", constant, LABELS, 0)["calibration"]
    assert found["count"] == [50]
    assert found["observed"] == [pytest.approx(rows.actual.mean())]


def test_counts_are_of_all_rows() -> None:
    rows = binary(500)
    found = curves("binary", rows, LABELS, 0)
    assert found["confusion"]["counts"] == confusion_matrix(rows.actual, rows.predicted).tolist()
    assert found["confusion"]["labels"] == ["False", "True"]
    histogram = found["score_histogram"]
    assert sum(histogram["positive"]) == rows.actual.sum()
    assert sum(histogram["negative"]) == 500 - rows.actual.sum()


def test_one_class_has_no_curves_but_counts() -> None:
    rows = binary(50)
    only = Scored(np.zeros(50, int), rows.predicted, rows.probability, rows.score, 2)
    found = curves("binary", only, LABELS, 0)
    assert "roc" not in found
    assert found["confusion"]["counts"][1] == [0, 0]


def test_many_labels() -> None:
    labels = Labels(("a", "b", "c"))
    rows = Scored(np.array([0, 0, 1, -1]), np.array([0, 1, 1, 2]), None, None, 3)
    found = curves("multiclass", rows, labels, 0)
    assert found["confusion"]["counts"] == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert found["recall"] == {"labels": ["a", "b", "c"], "recall": [0.5, 1.0, None], "count": [2, 1, 0]}


def test_a_regression_shows_some_rows_and_counts_all() -> None:
    random = np.random.default_rng(0)
    actual = random.normal(size=5_000) * 1e-9
    found = curves("regression", Scored(actual, actual * 0.9), None, 0)
    dots = found["predicted_vs_actual"]
    assert len(dots["actual"]) == MAX_DOTS
    np.testing.assert_allclose(dots["predicted"], np.array(dots["actual"]) * 0.9, rtol=1e-4)
    assert sum(found["residuals"]["counts"]) == 5_000
    assert len(found["residuals"]["edges"]) == len(found["residuals"]["counts"]) + 1


def test_predictions_that_are_no_numbers_have_no_curves() -> None:
    assert curves("regression", Scored(np.array([1.0]), np.array([np.nan])), None, 0) == {}
