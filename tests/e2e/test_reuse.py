"""What runs again after which edit."""

from __future__ import annotations

import pytest

from projects import Sandbox, churn_project, statuses

EARLY = ("ingest", "split")
LATE = ("train", "evaluate", "gate", "register", "promote", "track")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    project = churn_project(tmp_path_factory.mktemp("reuse") / "project")
    project.run("churn")
    return project


def test_a_comment_and_the_order_of_keys_run_nothing(project: Sandbox) -> None:
    project.edit(
        "conf/pipeline/churn.yaml", "task: binary\n", "# what kind of question it is\ntask: binary   # yes or no\n"
    )
    project.edit(
        "conf/pipeline/churn.yaml",
        'target: {column: left, positive: "yes"}',
        'target: {positive: "yes", column: left}',
    )

    assert set(statuses(project.run("churn")).values()) == {"reused"}


def test_a_parameter_of_the_model_runs_train_and_later(project: Sandbox) -> None:
    found = statuses(project.run("churn", "model.params.C=0.5"))

    assert {name: found[name] for name in EARLY} == dict.fromkeys(EARLY, "reused")
    assert {name: found[name] for name in LATE} == dict.fromkeys(LATE, "ran")


def test_a_gate_runs_only_the_decision(project: Sandbox) -> None:
    found = statuses(project.run("churn", "gates.0.min=0.55"))

    assert found["train"] == "reused"
    assert found["evaluate"] == "reused"
    assert found["gate"] == "ran"


def test_a_refusal_exits_with_3_and_the_champion_stays(project: Sandbox) -> None:
    document = project.run("churn", "gates.0.min=0.999", "model.params.C=0.1", expect=3)

    assert document["status"] == "refused"
    assert document["model"] is None
    assert statuses(document)["promote"] == "skipped"
    assert statuses(document)["track"] == "ran"
    refused = [gate for gate in document["gates"] if not gate["passed"]]
    assert "below" in refused[0]["reason"]


def test_data_that_breaks_a_rule_stops_the_run_with_1(project: Sandbox) -> None:
    rules = "customers: {columns: {age: {max: 50}}}\n"
    project.write("conf/validation/strict.yaml", rules)

    done = project.headrace("run", "churn", "validation=strict")

    assert done.code == 1
    assert "age" in done.err
    assert "conf/validation/strict.yaml:1" in done.err


def test_trials_share_stages_and_have_one_parent(project: Sandbox) -> None:
    import mlflow

    document = project.headrace("run", "churn", "-m", "model.params.C=0.2,0.3,0.4", "--json").document

    assert len(document["trials"]) == 3
    for trial in document["trials"]:
        assert statuses(trial)["split"] == "reused"
        assert statuses(trial)["register"] == "skipped"
    client = mlflow.MlflowClient(f"sqlite:///{project.home / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("churn")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    parents = {run.data.tags["mlflow.parentRunId"] for run in runs if "mlflow.parentRunId" in run.data.tags}
    assert len(parents) == 1
    assert sum("mlflow.parentRunId" in run.data.tags for run in runs) == 3
