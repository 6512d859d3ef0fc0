"""What would run and why, held against what then runs, with real stages up to the model."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headrace.plan.loading import load
from headrace.project import Project
from headrace.run import Execution
from headrace.status import Status, status
from headrace.status.report import UnknownStageError
from projects import Sandbox, churn_project, churn_rows

#: What talks to MLflow takes seconds to import, and is asked by the same questions.
WITHOUT = frozenset({"evaluate", "gate", "register", "promote", "track"})


def execution(sandbox: Sandbox, *overrides: str, as_of: datetime | None = None) -> Execution:
    project = Project(sandbox.root, sandbox.home)
    return Execution(load(project, "churn", overrides).require(), project, as_of=as_of, without=WITHOUT)


def said_and_done(sandbox: Sandbox, *overrides: str, as_of: datetime | None = None) -> Status:
    """The status; then the run, which has to do what the status said."""
    found = status(execution(sandbox, *overrides, as_of=as_of))
    report = execution(sandbox, *overrides, as_of=as_of).run()
    assert report.error is None
    became = {outcome.name: outcome.status for outcome in report.outcomes}
    allowed = {"runs": {"ran"}, "reused": {"reused"}, "skipped": {"skipped"}, "depends": {"ran", "reused"}}
    for stage in found.stages:
        assert became[stage.name] in allowed[stage.fate], stage
    return found


def why(found: Status, name: str) -> list[tuple[str, str]]:
    stage = next(stage for stage in found.stages if stage.name == name)
    return [(reason.kind, reason.what) for reason in stage.reasons]


def fates(found: Status) -> dict[str, str]:
    return {stage.name: stage.fate for stage in found.stages if stage.name in {"ingest", "split", "train"}}


def a_pipeline_that_never_ran(sandbox: Sandbox) -> None:
    found = said_and_done(sandbox)

    assert set(fates(found).values()) == {"runs"}
    assert why(found, "train") == [("never", "train")]
    assert found.last_run is None


def nothing_changed(sandbox: Sandbox) -> None:
    found = said_and_done(sandbox)

    assert not found.something
    assert set(fates(found).values()) == {"reused"}
    assert found.last_run is not None
    assert {stage.made_by for stage in found.stages if stage.fate == "reused"} == {found.last_run["run_id"]}


def a_comment_changes_nothing(sandbox: Sandbox) -> None:
    sandbox.edit("conf/pipeline/churn.yaml", "task: binary", "# why not\ntask: binary")

    assert not said_and_done(sandbox).something


def a_value_that_changed_has_both_places(sandbox: Sandbox) -> None:
    found = said_and_done(sandbox, "model.params.C=0.5")

    assert fates(found) == {"ingest": "reused", "split": "reused", "train": "runs"}
    (reason,) = next(stage.reasons for stage in found.stages if stage.name == "train")
    assert (reason.kind, reason.what, reason.before, reason.after) == ("value", "model.params.C", 1.0, 0.5)
    assert reason.place == "override 'model.params.C=0.5'"
    assert reason.place_before == "conf/model/logistic_regression.yaml:4:6"


def what_an_earlier_run_made_is_reused_and_says_which(sandbox: Sandbox) -> None:
    found = said_and_done(sandbox)

    assert not found.something
    assert found.last_run is not None
    assert next(s.made_by for s in found.stages if s.name == "train") != found.last_run["run_id"]


def what_comes_after_a_changed_stage_depends_on_it(sandbox: Sandbox) -> None:
    sandbox.edit("conf/pipeline/churn.yaml", "test: 20d", "test: 15d")
    found = said_and_done(sandbox)

    assert fates(found) == {"ingest": "reused", "split": "runs", "train": "depends"}
    assert why(found, "split") == [("value", "split.test")]
    assert ("input", "split") in why(found, "train")


def data_that_changed_has_both_sizes(sandbox: Sandbox) -> None:
    path = sandbox.root / "data" / "customers.csv"
    before = path.stat().st_size
    with path.open("a") as file:
        file.write("\n".join(churn_rows(90, 1)) + "\n")

    found = said_and_done(sandbox)

    (reason,) = next(stage.reasons for stage in found.stages if stage.name == "ingest")
    assert (reason.kind, reason.what) == ("data", "dataset.sources.customers: data/customers.csv")
    assert (reason.before["size"], reason.after["size"]) == (before, path.stat().st_size)


def a_clock_that_leaves_rows_out(sandbox: Sandbox) -> None:
    found = said_and_done(sandbox, as_of=datetime(2024, 3, 20, tzinfo=UTC))

    assert why(found, "ingest") == [("clock", "as_of")]


def one_stage_and_what_it_stands_on(sandbox: Sandbox) -> None:
    found = status(execution(sandbox, "model.params.C=3"), "train")

    assert [stage.name for stage in found.stages] == ["ingest", "split", "train"]
    with pytest.raises(UnknownStageError, match="no stage `trian`") as caught:
        status(execution(sandbox), "trian")
    assert caught.value.exit_code == 2


def forget(sandbox: Sandbox, stage: str) -> None:
    """Remove a stage's results, as `headrace gc` may."""
    for path in (sandbox.home / "store" / "actions").glob("*/*.json"):
        if f'"stage": "{stage}"' in path.read_text():
            path.unlink()


def run_with_other_code(sandbox: Sandbox, *, recorded: bool) -> None:
    """As before an upgrade: the last run's plan had another recipe, made of other code."""
    now = execution(sandbox)
    stages = tuple(replace(stage, recipe="before") if stage.name == "train" else stage for stage in now.plan.stages)
    before = replace(now.plan, stages=stages, notes=("recorded",) if recorded else ())
    kept = now.store.get_document("plans", now.plan.digest) or {}
    code, versions = kept["made_with"]["train"]
    modules = now.store.get_document("code", code) or {}
    now.store.put_document("code", "old", {**modules, "headrace.stages.train": "0" * 64, "headrace.gone": "1" * 64})
    made_with = {**kept["made_with"], "train": ["old", {**versions, "scikit-learn": "1.0"}]} if recorded else {}
    now.store.put_document("plans", before.digest, {**before.to_json(), "made_with": made_with})
    forget(sandbox, "train")
    Execution(before, now.project, without=WITHOUT).run()


def code_and_versions_that_changed_are_named(sandbox: Sandbox) -> None:
    run_with_other_code(sandbox, recorded=True)

    found = said_and_done(sandbox)

    assert set(why(found, "train")) == {
        ("code", "headrace.gone"),
        ("code", "headrace.stages.train"),
        ("version", "scikit-learn"),
    }


def code_of_which_nothing_is_known_is_said_to_differ(sandbox: Sandbox) -> None:
    run_with_other_code(sandbox, recorded=False)

    assert why(said_and_done(sandbox), "train") == [("code", "of the stage, or its packages")]


def a_result_that_was_collected_is_made_again(sandbox: Sandbox) -> None:
    said_and_done(sandbox)
    forget(sandbox, "split")

    found = said_and_done(sandbox)

    assert why(found, "split") == [("gone", "split")]


def a_source_that_is_not_there_fails_with_its_place(sandbox: Sandbox) -> None:
    (sandbox.root / "data" / "customers.csv").rename(sandbox.root / "data" / "other.csv")

    found = status(execution(sandbox))

    (reason,) = found.stages[0].reasons
    assert (found.stages[0].fate, reason.kind) == ("fails", "error")
    assert reason.place == "conf/dataset/churn.yaml:3:32"
    assert found.something


def the_document(sandbox: Sandbox) -> None:
    document = status(execution(sandbox)).to_json()

    assert document["pipeline"] == "churn"
    assert document["stages"][0]["reasons"][0]["kind"] == "error"


def nothing_is_written(sandbox: Sandbox) -> None:
    asked = execution(sandbox)
    before = {str(path): path.stat().st_mtime_ns for path in sandbox.home.rglob("*")}
    status(asked)

    assert {str(path): path.stat().st_mtime_ns for path in sandbox.home.rglob("*")} == before


def test_what_is_said_is_what_a_run_does_edit_after_edit(tmp_path: Path) -> None:
    """One test, because its steps stand on each other: each begins where the one before it ended."""
    sandbox = churn_project(tmp_path / "project")
    for step in (
        a_pipeline_that_never_ran,
        nothing_changed,
        a_comment_changes_nothing,
        a_value_that_changed_has_both_places,
        what_an_earlier_run_made_is_reused_and_says_which,
        what_comes_after_a_changed_stage_depends_on_it,
        data_that_changed_has_both_sizes,
        a_clock_that_leaves_rows_out,
        one_stage_and_what_it_stands_on,
        code_and_versions_that_changed_are_named,
        code_of_which_nothing_is_known_is_said_to_differ,
        a_result_that_was_collected_is_made_again,
        a_source_that_is_not_there_fails_with_its_place,
        the_document,
        nothing_is_written,
    ):
        step(sandbox)
