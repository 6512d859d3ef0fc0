"""Adding a pipeline is adding a file: lint, run, DAG, and a life of its own."""

from __future__ import annotations

from pathlib import Path

from projects import Sandbox, churn_project, churn_rows, statuses


def test_a_fourth_pipeline_is_two_files(tmp_path: Path) -> None:
    """One test: each step of its life stands on the one before."""
    project = churn_project(tmp_path / "project")
    _lints(project)
    _makes_a_champion(project)
    _runs_nothing_when_nothing_changed(project)
    _has_a_sound_dag(project)
    _follows_new_rows(project)


def _lints(project: Sandbox) -> None:
    done = project.headrace("lint")

    assert done.code == 0, done.out
    assert "no problems" in done.out


def _makes_a_champion(project: Sandbox) -> None:
    document = project.run("churn")

    assert document["status"] == "done"
    assert document["model"] == {"name": "churn", "version": "1", "alias": "champion"}
    assert document["metrics"]["test"]["roc_auc"] > 0.6
    stages = ("ingest", "split", "train", "evaluate", "gate", "register", "promote", "track")
    assert statuses(document) == dict.fromkeys(stages, "ran")


def _runs_nothing_when_nothing_changed(project: Sandbox) -> None:
    document = project.run("churn")

    assert set(statuses(document).values()) == {"reused"}
    assert document["run_id"] is None
    assert document["model"]["alias"] == "champion"


def _has_a_sound_dag(project: Sandbox) -> None:
    done = project.headrace("dags", "check")

    assert done.code == 0, done.out + done.err
    assert "churn" in done.out


def _follows_new_rows(project: Sandbox) -> None:
    """A new version, and predictions with it."""
    with (project.root / "data" / "customers.csv").open("a") as file:
        file.write("\n".join(churn_rows(90, 30)) + "\n")

    document = project.run("churn")
    done = project.headrace("predict", "churn", "--data", "data/customers.csv", "--out", "scored.csv")

    assert document["model"] == {"name": "churn", "version": "2", "alias": "champion"}
    assert done.code == 0, done.err
    assert "version 2" in done.out
    lines = (project.root / "scored.csv").read_text().splitlines()
    assert lines[0].startswith("customer,day,age,calls,plan,left,prediction,probability")
    assert len(lines) == 1 + 120 * 12


def test_an_override_that_names_nothing_is_a_usage_error(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")

    done = project.headrace("run", "churn", "modle=ridge")

    assert done.code == 2
    assert "modle" in done.err
    assert "Traceback" not in done.err
