from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from headrace.errors import DataError
from headrace.models.metric_names import names
from headrace.models.metrics import score_metrics
from headrace_features.scoring import load
from learning import Learning, flights_learning, late_flights, read_json

ORDINAL = {"categorical": {"encode": "ordinal"}}
MODELS = {
    "binary": "xgboost.XGBClassifier",
    "multiclass": "xgboost.XGBClassifier",
    "regression": "xgboost.XGBRegressor",
}


def trained(folder: Path, task: str = "binary", **changes: object) -> Learning:
    learning = flights_learning(folder, task, **changes)
    learning.train(MODELS[task], {"n_estimators": 20, "max_depth": 3}, preprocessing=ORDINAL)
    return learning


def test_metrics_beside_the_naive_baseline(tmp_path: Path) -> None:
    learning = trained(tmp_path)
    result = learning.evaluate("roc_auc", "log_loss")
    document = read_json(tmp_path / "report" / "metrics.json")
    test = late_flights(300, 3)
    probability = load(tmp_path / "model").predict(test)["probability"]
    assert document["test"] == {
        "roc_auc": pytest.approx(roc_auc_score(test.late, probability)),
        "log_loss": pytest.approx(log_loss(test.late, probability)),
    }
    prior = late_flights(600, 1).late.mean()
    assert document["baseline"] == {
        "roc_auc": 0.5,
        "log_loss": pytest.approx(log_loss(test.late, np.full(300, prior))),
    }
    assert document["direction"] == {"roc_auc": "max", "log_loss": "min"}
    assert document["rows"] == {"train": 600, "test": 300, "validation": 200}
    assert document["validation"]["roc_auc"] > document["baseline"]["roc_auc"]
    assert result.facts == {"test": document["test"], "baseline": document["baseline"]}


@pytest.mark.parametrize("task", MODELS)
def test_every_task_has_all_its_outputs(tmp_path: Path, task: str) -> None:
    learning = trained(tmp_path, task)
    learning.evaluate()
    report = tmp_path / "report"
    document = read_json(report / "metrics.json")
    assert set(document["test"]) == set(names(task))
    assert None not in document["test"].values()
    curves = read_json(report / "curves.json")
    assert curves["importance"][0]["feature"] == "hour"
    expected = {
        "binary": {"roc", "precision_recall", "calibration", "confusion", "score_histogram"},
        "multiclass": {"confusion", "recall"},
        "regression": {"predicted_vs_actual", "residuals"},
    }[task]
    assert set(curves) == expected | {"importance", "importance_metric"}
    assert list((report / "pictures").glob("*.svg"))


def test_predictions_are_the_test_rows_in_their_order(tmp_path: Path) -> None:
    learning = trained(tmp_path)
    learning.evaluate("roc_auc", out="by_row")
    learning.evaluate("roc_auc", out="by_id", row_id=["flight", "not there"])
    test = late_flights(300, 3)
    by_row = pd.read_parquet(tmp_path / "by_row" / "predictions.parquet")
    assert list(by_row) == ["row", "actual", "prediction", "probability"]
    assert by_row["row"].tolist() == list(range(300))
    assert by_row["actual"].tolist() == test.late.tolist()
    pd.testing.assert_series_equal(by_row["probability"], load(tmp_path / "model").predict(test)["probability"])
    by_id = pd.read_parquet(tmp_path / "by_id" / "predictions.parquet")
    assert list(by_id) == ["flight", "actual", "prediction", "probability"]
    file = pq.ParquetFile(tmp_path / "by_id" / "predictions.parquet")
    assert file.metadata.num_rows == 300


def test_a_row_id_that_is_a_feature_too(tmp_path: Path) -> None:
    learning = trained(tmp_path, features={"numeric": ["hour", "flight"], "categorical": []})
    learning.evaluate("roc_auc", row_id=["flight"])
    assert pd.read_parquet(tmp_path / "report" / "predictions.parquet").columns[0] == "flight"


def test_two_evaluations_are_the_same_bytes(tmp_path: Path) -> None:
    learning = trained(tmp_path)
    for out in ("first", "second"):
        learning.evaluate(out=out)
    files = [path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*") if path.is_file()]
    assert len(files) > 4
    for name in files:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name


def test_one_class_in_the_test_part_has_no_ranking(tmp_path: Path) -> None:
    learning = trained(tmp_path)
    learning.write(test=late_flights(100, 3).query("late"))
    result = learning.evaluate("roc_auc", "accuracy")
    assert result.facts["test"]["roc_auc"] is None
    assert result.facts["test"]["accuracy"] is not None
    assert read_json(tmp_path / "report" / "curves.json")["importance_metric"] == "accuracy"


def test_labels_that_training_never_saw_are_wrong_answers(tmp_path: Path) -> None:
    learning = trained(tmp_path, "multiclass")
    learning.write(test=late_flights(100, 3).assign(kind=["diverted"] * 50 + ["normal"] * 50))
    result = learning.evaluate("accuracy", "log_loss")
    assert result.facts["test"]["accuracy"] <= 0.5
    assert result.facts["test"]["log_loss"] is None


def test_a_test_part_of_another_kind_is_an_error(tmp_path: Path) -> None:
    learning = trained(tmp_path)
    learning.write(test=late_flights(100, 3).assign(late="perhaps"))
    with pytest.raises(DataError, match="'perhaps'") as raised:
        learning.evaluate("roc_auc")
    assert raised.value.key == "target.column"
    learning.write(test=late_flights(100, 3).drop(columns="wind"))
    with pytest.raises(DataError, match="wind") as raised:
        learning.evaluate("roc_auc", out="second")
    assert raised.value.key == "features.numeric.1"


def test_the_gate_scores_the_same_rows_alike(tmp_path: Path) -> None:
    learning = trained(tmp_path)
    result = learning.evaluate("roc_auc", "brier_score")
    scorer = load(tmp_path / "model")
    test = pd.read_parquet(tmp_path / "test.parquet")
    assert score_metrics(scorer, test, "binary", ["roc_auc", "brier_score"], scorer.info) == result.facts["test"]
