from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as sk

from headrace.errors import DataError
from headrace.models import metric_names
from headrace.models.metrics import Scored, compute, naive, score_metrics
from headrace.models.table import Labels

BINARY, MULTI, REGRESSION = (metric_names.names(task) for task in ("binary", "multiclass", "regression"))


def binary(actual: Any, probability: Any) -> Scored:
    positive = np.asarray(probability, float)
    return Scored(
        np.asarray(actual), (positive > 0.5).astype(int), np.column_stack([1 - positive, positive]), positive, 2
    )


@st.composite
def binary_rows(draw: st.DrawFn) -> Scored:
    size = draw(st.integers(2, 40))
    actual = draw(hnp.arrays(np.int64, size, elements=st.integers(0, 1)))
    probability = draw(hnp.arrays(np.float64, size, elements=st.integers(0, 20).map(lambda n: n / 20)))
    return binary(actual, probability)


@st.composite
def multiclass_rows(draw: st.DrawFn) -> Scored:
    size, labels = draw(st.integers(2, 30)), draw(st.integers(3, 5))
    actual = draw(hnp.arrays(np.int64, size, elements=st.integers(0, labels - 1)))
    weights = draw(hnp.arrays(np.float64, (size, labels), elements=st.integers(1, 9).map(float)))
    probability = weights / weights.sum(axis=1, keepdims=True)
    return Scored(actual, probability.argmax(axis=1), probability, None, labels)


@st.composite
def regression_rows(draw: st.DrawFn) -> Scored:
    size = draw(st.integers(2, 30))
    values = hnp.arrays(np.float64, size, elements=st.integers(-50, 50).map(float))
    return Scored(draw(values), draw(values))


@settings(deadline=None)
@given(binary_rows())
def test_binary_metrics_are_scikit_learns(rows: Scored) -> None:
    found = compute("binary", BINARY, rows)
    assert rows.score is not None
    nan = {"zero_division": np.nan}
    expected = {
        "log_loss": sk.log_loss(rows.actual, rows.score, labels=[0, 1]),
        "brier_score": sk.brier_score_loss(rows.actual, rows.score, pos_label=1),
        "accuracy": sk.accuracy_score(rows.actual, rows.predicted),
        "f1": sk.f1_score(rows.actual, rows.predicted, **nan),
        "precision": sk.precision_score(rows.actual, rows.predicted, **nan),
        "recall": sk.recall_score(rows.actual, rows.predicted, **nan),
    }
    if len(set(rows.actual)) == 2:
        expected["roc_auc"] = sk.roc_auc_score(rows.actual, rows.score)
        expected["average_precision"] = sk.average_precision_score(rows.actual, rows.score)
        expected["balanced_accuracy"] = sk.balanced_accuracy_score(rows.actual, rows.predicted)
        expected["matthews_corrcoef"] = sk.matthews_corrcoef(rows.actual, rows.predicted)
    agree(found, expected)


@settings(deadline=None)
@given(multiclass_rows())
def test_multiclass_metrics_are_scikit_learns(rows: Scored) -> None:
    found = compute("multiclass", MULTI, rows)
    labels = np.arange(rows.n_labels)
    expected = {
        "accuracy": sk.accuracy_score(rows.actual, rows.predicted),
        "log_loss": sk.log_loss(rows.actual, rows.probability, labels=labels),
    }
    if len(set(rows.actual)) > 1:
        expected["f1_macro"] = sk.f1_score(rows.actual, rows.predicted, average="macro")
        expected["matthews_corrcoef"] = sk.matthews_corrcoef(rows.actual, rows.predicted)
        seen = np.unique(rows.actual)
        recalls = [np.mean(rows.predicted[rows.actual == code] == code) for code in seen]
        expected["balanced_accuracy"] = float(np.mean(recalls))
    if len(set(rows.actual)) == rows.n_labels:
        expected["roc_auc_ovr"] = sk.roc_auc_score(rows.actual, rows.probability, multi_class="ovr", labels=labels)
    agree(found, expected)


@settings(deadline=None)
@given(regression_rows())
def test_regression_metrics_are_scikit_learns(rows: Scored) -> None:
    found = compute("regression", REGRESSION, rows)
    expected = {
        "root_mean_squared_error": np.sqrt(np.mean((rows.actual - rows.predicted) ** 2)),
        "mean_absolute_error": np.mean(np.abs(rows.actual - rows.predicted)),
        "median_absolute_error": np.median(np.abs(rows.actual - rows.predicted)),
    }
    if len(set(rows.actual)) > 1:
        expected["r2"] = sk.r2_score(rows.actual, rows.predicted)
        expected["explained_variance"] = sk.explained_variance_score(rows.actual, rows.predicted)
    if (rows.actual != 0).all():
        expected["mean_absolute_percentage_error"] = np.mean(np.abs(rows.predicted / rows.actual - 1))
    agree(found, expected)


def agree(found: dict[str, float | None], expected: dict[str, float]) -> None:
    """Equal where a number is expected, None for every other metric."""
    for name, value in found.items():
        number = expected.get(name, np.nan)
        assert (value is None) if np.isnan(number) else value == pytest.approx(number, abs=1e-12), name


@settings(deadline=None)
@given(st.one_of(binary_rows(), multiclass_rows(), regression_rows()), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: Scored, random: Any) -> None:
    order = list(range(len(rows.actual)))
    random.shuffle(order)
    task = "regression" if not rows.n_labels else "binary" if rows.n_labels == 2 else "multiclass"
    moved = Scored(
        rows.actual[order],
        rows.predicted[order],
        None if rows.probability is None else rows.probability[order],
        None if rows.score is None else rows.score[order],
        rows.n_labels,
    )
    names = metric_names.names(task)
    agree(compute(task, names, moved), {k: v for k, v in compute(task, names, rows).items() if v is not None})


def test_every_metric_that_has_a_name_can_be_computed() -> None:
    for task, names in metric_names.METRICS.items():
        rows = Scored(np.array([0, 1, 1]), np.array([0, 1, 0]), np.full((3, 2), 0.5), np.array([0.1, 0.7, 0.2]), 2)
        assert set(compute(task, list(names), rows)) == set(names)


def test_one_class_leaves_what_needs_two_undefined() -> None:
    found = compute("binary", BINARY, binary([0, 0, 0], [0.1, 0.2, 0.3]))
    undefined = {"roc_auc", "average_precision", "balanced_accuracy", "f1", "precision", "recall", "matthews_corrcoef"}
    assert {name for name, value in found.items() if value is None} == undefined
    assert found["accuracy"] == 1.0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_prediction_that_is_no_number_leaves_nothing(value: float) -> None:
    rows = Scored(np.array([1.0, 2.0]), np.array([1.0, value]))
    assert set(compute("regression", REGRESSION, rows).values()) == {None}
    found = compute("binary", ["roc_auc", "log_loss", "brier_score"], binary([0, 1], [0.2, value]))
    assert set(found.values()) == {None}


def test_no_rows_leave_nothing() -> None:
    assert set(compute("regression", REGRESSION, Scored(np.array([]), np.array([]))).values()) == {None}


def test_without_probabilities_a_score_ranks_and_the_rest_is_undefined() -> None:
    rows = Scored(np.array([0, 1, 1]), np.array([0, 1, 1]), None, np.array([-3.0, 2.0, 5.0]), 2)
    found = compute("binary", BINARY, rows)
    assert found["roc_auc"] == 1.0
    assert found["log_loss"] is None
    assert found["brier_score"] is None


def test_a_label_that_training_never_saw_counts_as_wrong() -> None:
    probability = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    found = compute("multiclass", MULTI, Scored(np.array([0, 1, -1]), np.array([0, 1, 2]), probability, None, 3))
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["log_loss"] is None
    assert found["roc_auc_ovr"] is None


def test_the_naive_baseline_knows_the_training_target_alone() -> None:
    train, actual = np.array([0, 0, 0, 1]), np.array([1, 0, 1, 0])
    rows = naive("binary", train, actual, Labels((False, True)))
    found = compute("binary", BINARY, rows)
    assert found["roc_auc"] == 0.5
    assert found["accuracy"] == 0.5
    assert found["log_loss"] == pytest.approx(-np.mean(np.log([0.25, 0.75, 0.25, 0.75])))
    assert naive("regression", np.array([1.0, 3.0]), actual, None).predicted.tolist() == [2.0] * 4
    three = naive("multiclass", np.array([0, 2, 2]), np.array([1, 2]), Labels(("a", "b", "c")))
    assert three.probability is not None
    np.testing.assert_allclose(three.probability, [[1 / 3, 0, 2 / 3]] * 2)


class Oracle:
    """Says yes with a probability that is a column of the table."""

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"prediction": np.where(frame.p > 0.5, "yes", "no"), "probability": frame.p})


def test_score_metrics_takes_anything_that_predicts() -> None:
    frame = pd.DataFrame({"p": [0.1, 0.4, 0.35, 0.8], "event": ["no", "no", "yes", "yes"]})
    info = {"target": {"column": "event"}, "labels": ["no", "yes"]}
    found = score_metrics(Oracle(), frame, "binary", ["roc_auc", "accuracy"], info)
    assert found == {"roc_auc": 0.75, "accuracy": 0.75}
    with pytest.raises(DataError, match="'perhaps'"):
        score_metrics(Oracle(), frame.replace("no", "perhaps"), "binary", ["roc_auc"], info)
