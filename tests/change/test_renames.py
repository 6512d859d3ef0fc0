from __future__ import annotations

from headrace.change.renames import renamed_files
from repositories import Repository


def test_a_renamed_pipeline_is_renamed_and_not_removed_and_added(repo: Repository) -> None:
    repo.git("mv", "conf/pipeline/late.yaml", "conf/pipeline/delayed.yaml")
    repo.edit("conf/pipeline/delayed.yaml", "0.65", "0.6")

    change = repo.only()

    assert (change.name, change.renamed_from, change.state) == ("delayed", "late", "changed")
    assert change.likeness is not None
    assert 0.9 < change.likeness < 1
    assert [gate.fate for gate in change.gates] == ["loosened"]
    fates = {stage.name: stage.fate for stage in change.stages}
    assert (fates["train"], fates["register"]) == ("reused", "runs")


def test_its_registered_model_goes_with_it_unless_it_is_named(repo: Repository) -> None:
    repo.git("mv", "conf/pipeline/late.yaml", "conf/pipeline/delayed.yaml")
    assert repo.change().risks[0].message == "renamed, and its registered model with it: late → delayed"
    assert repo.change("late").pipelines == repo.change("delayed").pipelines

    repo.git("mv", "conf/pipeline/delayed.yaml", "conf/pipeline/late.yaml")
    repo.edit("conf/pipeline/late.yaml", "task: binary", "registry: {name: lateness}\ntask: binary")
    repo.commit()
    repo.git("mv", "conf/pipeline/late.yaml", "conf/pipeline/delayed.yaml")

    assert [risk.message for risk in repo.change().risks] == ["its DAG is a new one: late → delayed"]


def test_a_pipeline_that_has_little_in_common_is_another_one(repo: Repository) -> None:
    repo.git("rm", "--quiet", "conf/pipeline/late.yaml")
    repo.write({"conf/pipeline/prepare.yaml": "# @package _global_\ndefaults:\n  - /dataset: flights\n  - _self_\n"})

    states = {pipeline.name: pipeline.state for pipeline in repo.change().pipelines}

    assert states == {"late": "removed", "prepare": "added"}


def test_a_renamed_option_file_has_no_effect_and_is_noted(repo: Repository) -> None:
    repo.git("mv", "conf/model/boosted.yaml", "conf/model/xgb.yaml")
    repo.edit("conf/pipeline/late.yaml", "/model: boosted", "/model: xgb")

    change = repo.change()

    assert not change.has_effect
    assert change.notes == (
        "conf/model/boosted.yaml is now conf/model/xgb.yaml, with the same content: that alone has no effect",
    )


def test_files_are_paired_by_content() -> None:
    before = {"model/a.yaml": b"x", "model/b.yaml": b"y", "model/empty.yaml": b""}

    assert renamed_files(before, {"model/c.yaml": b"y", "model/d.yaml": b"z", "model/e.yaml": b""}) == (
        ("model/b.yaml", "model/c.yaml"),
    )
