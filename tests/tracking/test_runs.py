"""One MLflow run for each pipeline run, however often it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headrace.errors import ServiceError
from headrace.tracking import Dataset, Projection, Settings, abandon, ensure_run, project
from headrace.tracking.connection import connected
from registered import fresh_settings, run_key


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return fresh_settings(tmp_path)


def stored(settings: Settings, mlflow_run_id: str) -> Any:
    with connected(settings) as client:
        return client.get_run(mlflow_run_id)


def everything(folder: Path) -> Projection:
    (folder / "artifacts" / "evaluate").mkdir(parents=True)
    (folder / "artifacts" / "page.html").write_text("<html>")
    (folder / "artifacts" / "evaluate" / "metrics.json").write_text("{}")
    return Projection(
        params={"model.params.max_depth": "8", "long": "x" * 9000},
        metrics={"roc_auc": 0.7, "seconds_train": 1.5},
        curves={"training_logloss": (0.6, 0.5)},
        tags={"mlflow.source.git.commit": "c" * 40},
        datasets=(Dataset("flights", "ab" * 32, "pkg://flights.csv", rows=3, columns={"distance": "long"}),),
        folder=folder / "artifacts",
    )


def test_a_run_is_opened_once(settings: Settings) -> None:
    first, again = ensure_run(settings, run_key()), ensure_run(settings, run_key())

    assert first == again
    assert ensure_run(settings, run_key("late-2")).mlflow_run_id != first.mlflow_run_id
    assert stored(settings, first.mlflow_run_id).info.status == "RUNNING"


def test_a_run_id_may_hold_quotes_and_slashes(settings: Settings) -> None:
    key = run_key("scheduled__2026-03-01T00:00:00+00:00/it's")

    assert ensure_run(settings, key) == ensure_run(settings, key)


def test_a_run_knows_its_parent_and_owner(settings: Settings) -> None:
    parent = ensure_run(settings, run_key("sweep-1"))

    child = ensure_run(settings, run_key("trial-1", parent_run=parent.mlflow_run_id, owner="ann"))

    tags = stored(settings, child.mlflow_run_id).data.tags
    assert tags["mlflow.parentRunId"] == parent.mlflow_run_id
    assert tags["mlflow.user"] == "ann"


def test_everything_is_written_and_the_run_is_closed(settings: Settings, tmp_path: Path) -> None:
    tracked = project(settings, run_key(), everything(tmp_path))

    run = stored(settings, tracked.mlflow_run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"roc_auc": 0.7, "seconds_train": 1.5, "training_logloss": 0.5}
    assert run.data.params["model.params.max_depth"] == "8"
    assert len(run.data.params["long"]) == 6000
    assert run.data.tags["headrace.run_id"] == "late-1"
    assert run.data.tags["mlflow.source.git.commit"] == "c" * 40
    (dataset,) = run.inputs.dataset_inputs
    assert (dataset.dataset.name, json.loads(dataset.dataset.source)) == ("flights", {"uri": "pkg://flights.csv"})
    assert json.loads(dataset.dataset.profile) == {"num_rows": 3}
    with connected(settings) as client:
        assert {file.path for file in client.list_artifacts(tracked.mlflow_run_id)} == {"evaluate", "page.html"}


def test_writing_it_again_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    told = everything(tmp_path)
    first = project(settings, run_key(), told)
    before = stored(settings, first.mlflow_run_id)

    again = project(settings, run_key(), told)

    after = stored(settings, first.mlflow_run_id)
    assert again == first
    assert after.data.to_dictionary() == before.data.to_dictionary()
    assert len(after.inputs.dataset_inputs) == 1
    with connected(settings) as client:
        assert len(client.get_metric_history(first.mlflow_run_id, "training_logloss")) == 2
        assert len(client.search_runs([first.experiment_id])) == 1


def test_a_run_that_was_cut_off_is_closed_by_the_one_that_goes_on(settings: Settings) -> None:
    cut, done = ensure_run(settings, run_key("late-1")), project(settings, run_key("late-2"), Projection())

    abandon(settings, cut.mlflow_run_id, done.mlflow_run_id)
    abandon(settings, done.mlflow_run_id, "somebody")

    assert stored(settings, cut.mlflow_run_id).info.status == "KILLED"
    assert stored(settings, cut.mlflow_run_id).data.tags["headrace.continued_by"] == done.mlflow_run_id
    assert stored(settings, done.mlflow_run_id).info.status == "FINISHED"


def test_a_deleted_experiment_is_an_error_that_says_how_to_restore_it(settings: Settings) -> None:
    tracked = ensure_run(settings, run_key())
    with connected(settings) as client:
        client.delete_experiment(tracked.experiment_id)

    with pytest.raises(ServiceError, match="was deleted") as caught:
        ensure_run(settings, run_key())

    assert f"mlflow experiments restore --experiment-id {tracked.experiment_id}" in caught.value.remedy
