"""One pipeline, a model for each member: real data, real stages, locally and through Airflow."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import RunSeen, copy_database, dags_test
from projects import CHURN_PIPELINE, Sandbox, churn_project, statuses

#: `basic` passes, `plus` is held against more than it reaches, `gold` has no customers.
EACH = """\
for_each: [{plan: basic, least: 0.6}, {plan: plus, least: 0.999}, {plan: gold, least: 0.6}]
dataset: {where: {plan: "${each:plan}"}}
gates: [{metric: roc_auc, min: "${each:least}"}]
"""


def project_of(root: Path) -> Sandbox:
    project = churn_project(root)
    (project.root / "conf/pipeline/churn.yaml").unlink()
    start, _, _ = CHURN_PIPELINE.replace("categorical: [plan]", "categorical: []").partition("gates:")
    project.write("conf/pipeline/plans.yaml", start + EACH)
    return project


def models(project: Sandbox) -> dict[str, list[str]]:
    """Registered model -> its aliases, from MLflow's own database."""
    with sqlite3.connect(project.home / "mlflow.db") as database:
        names = [name for (name,) in database.execute("SELECT name FROM registered_models")]
        aliases = list(database.execute("SELECT name, alias FROM registered_model_aliases"))
    return {name: [alias for owner, alias in aliases if owner == name] for name in names}


def tracked(project: Sandbox) -> list[str]:
    """The members that MLflow runs are tagged with."""
    with sqlite3.connect(project.home / "mlflow.db") as database:
        return sorted(value for (value,) in database.execute("SELECT value FROM tags WHERE key = 'headrace.member'"))


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sandbox, dict[str, Any]]:
    project = project_of(tmp_path_factory.mktemp("local") / "project")
    return project, project.run("plans", expect=1)


def verdicts(document: dict[str, Any]) -> dict[str, str]:
    return {member["values"]["plan"]: member["verdict"] for member in document["members"]}


def test_each_member_ends_for_itself(local: tuple[Sandbox, dict[str, Any]]) -> None:
    project, document = local

    assert verdicts(document) == {"basic": "promoted", "plus": "refused", "gold": "failed"}
    assert document["status"] == "failed"
    assert models(project) == {"plans_basic_0.6": ["champion"]}
    assert tracked(project) == ["basic_0.6", "plus_0.999"]


def test_what_is_shared_runs_once(local: tuple[Sandbox, dict[str, Any]]) -> None:
    _, document = local

    assert [statuses(member)["ingest"] for member in document["members"]] == ["ran", "reused", "reused"]
    assert [statuses(member)["split"] for member in document["members"]] == ["ran", "ran", "failed"]


def test_some_of_them_run_alone_and_nothing_runs_twice(local: tuple[Sandbox, dict[str, Any]]) -> None:
    project, _ = local

    again = project.run("plans", "--only", "plan=basic")

    assert verdicts(again) == {"basic": "unchanged"}
    assert project.run("plans", "--only", "plan=plus", expect=3)["status"] == "refused"


def test_a_member_is_what_a_pipeline_with_its_values_is(local: tuple[Sandbox, dict[str, Any]]) -> None:
    project, document = local
    text = (project.root / "conf/pipeline/plans.yaml").read_text().partition("for_each:")[0]
    project.write("conf/pipeline/basic.yaml", text + "dataset: {where: {plan: basic}}\ngates: []\n")

    by_hand = project.run("basic")

    assert {name: statuses(by_hand)[name] for name in ("split", "train", "evaluate")} == {
        "split": "reused",
        "train": "reused",
        "evaluate": "reused",
    }
    assert by_hand["metrics"] == document["members"][0]["metrics"]


def test_one_table_tells_of_all(local: tuple[Sandbox, dict[str, Any]]) -> None:
    project, _ = local

    done = project.headrace("run", "plans")

    assert done.code == 1
    lines = [line.split() for line in done.out.splitlines()[-5:]]
    assert [line[:2] for line in lines[1:4]] == [
        ["basic_0.6", "unchanged"],
        ["plus_0.999", "refused"],
        ["gold_0.6", "failed"],
    ]
    assert "gold_0.6: conf/pipeline/plans.yaml" in done.err
    assert "no row has plan = gold" in done.err


@pytest.fixture(scope="module")
def in_airflow(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> tuple[Sandbox, RunSeen]:
    project = project_of(tmp_path_factory.mktemp("airflow") / "project")
    copy_database(migrated, project)
    return project, dags_test(project, ("plans",))["plans"]


def test_a_failing_member_stops_nobody_elses_tasks(in_airflow: tuple[Sandbox, RunSeen]) -> None:
    project, seen = in_airflow

    assert seen.code == 1
    states = seen.states
    assert states["track[basic_0.6]"] == "success"
    assert states["track[plus_0.999]"] == "success"
    assert states["split[gold_0.6]"] == "failed"
    assert states["register[plus_0.999]"] == "skipped"
    assert states["summary"] == "failed"
    assert models(project) == {"plans_basic_0.6": ["champion"]}
    assert tracked(project) == ["basic_0.6", "plus_0.999"]


def test_the_summary_says_what_became_of_each(in_airflow: tuple[Sandbox, RunSeen]) -> None:
    _, seen = in_airflow

    said = " ".join(seen.out.split())
    assert "basic_0.6 promoted plans_basic_0.6 version 1" in said
    assert "plus_0.999 refused" in said
    assert "gold_0.6 failed no row has plan = gold" in said
    assert "1 promoted, 1 refused, 1 failed" in said


def test_airflow_and_a_local_run_make_the_same(
    local: tuple[Sandbox, dict[str, Any]], in_airflow: tuple[Sandbox, RunSeen]
) -> None:
    (here, document), (there, _) = local, in_airflow

    again = there.run("plans", "--only", "plan=basic")

    assert verdicts(again) == {"basic": "unchanged"}
    assert again["members"][0]["metrics"] == document["members"][0]["metrics"]
    assert json.dumps(again["members"][0]["values"]) == json.dumps(document["members"][0]["values"])
    assert here.root != there.root
