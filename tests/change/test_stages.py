from __future__ import annotations

from headrace.change.document import StageChange
from headrace.change.stages import fate_of, runs, spec_path
from repositories import Repository


def fates(stages: tuple[StageChange, ...]) -> dict[str, str]:
    return {stage.name: stage.fate for stage in stages}


def why(stages: tuple[StageChange, ...], name: str) -> tuple[str, ...]:
    return next(stage.why for stage in stages if stage.name == name)


def test_a_models_parameter_trains_again_and_reuses_what_came_before(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "max_bin: 128", "max_bin: 64")

    change = repo.only()

    assert change.retrains
    assert fates(change.stages) == {
        "ingest": "reused",
        "transform": "reused",
        "split": "reused",
        "train": "runs",
        "evaluate": "may run",
        "gate": "may run",
        "register": "may run",
        "promote": "may run",
        "track": "may run",
    }
    assert why(change.stages, "train") == ("model.params.max_bin 128 → 64",)
    assert runs(change.stages)[0] == "train"


def test_a_gate_is_decided_again_without_training(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "min: 0.65", "min: 0.7")

    change = repo.only()

    assert change.redecides
    assert not change.retrains
    assert fate_of(change.stages, "gate") == "decides again"
    assert fate_of(change.stages, "train") == "reused"
    assert fate_of(change.stages, "nothing") is None


def test_another_library_is_a_reason(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "/model: boosted", "/model: forest")
    repo.edit("conf/pipeline/late.yaml", "params: {max_bin: 128}", "params: {max_depth: 3}")

    reasons = why(repo.only().stages, "train")

    assert "model.type xgboost.XGBClassifier → sklearn.ensemble.RandomForestClassifier" in reasons
    assert "no longer needs the package xgboost" in reasons


def test_stages_that_come_and_go(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "gates:\n  - {metric: roc_auc, min: 0.65}\n", "")

    stages = repo.only().stages

    assert fate_of(stages, "gate") == "removed"
    assert why(stages, "promote") == ("it no longer reads gates",)


def test_a_comment_in_the_sql_reaches_no_further_than_the_transform(repo: Repository) -> None:
    repo.edit("conf/dataset/flights.sql", "SELECT f.id", "-- one row per flight\nSELECT f.id")

    change = repo.only()

    assert [stage.name for stage in change.stages if stage.fate != "reused"] == ["transform"]
    assert not change.retrains


def test_where_a_slices_values_are_written() -> None:
    assert spec_path("ingest", "sources.flights.path") == "dataset.sources.flights.path"
    assert spec_path("validate", "tables.flights.rows") == "validation.flights.rows"
    assert spec_path("split", "target") == "target.column"
    assert spec_path("train", "model.params.a") == "model.params.a"
    assert spec_path("track", "pipeline") == "name"
