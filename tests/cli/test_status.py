"""`headrace status`: its exit codes and documents."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from headrace.cli import main
from projects import CHURN_PIPELINE, Sandbox, churn_project


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return churn_project(tmp_path_factory.mktemp("status") / "project")


@pytest.fixture(autouse=True)
def _in_the_project(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_PROJECT", str(sandbox.root))


def test_something_to_do_is_no_failure_unless_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "churn"]) == 0
    assert "churn: 8 of 8 stages would run" in capsys.readouterr().out
    assert main(["status", "churn", "--exit-code"]) == 1


def test_the_document_of_one_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "churn", "split", "model.params.C=2", "--as-of", "2024-02-01", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert [stage["name"] for stage in document["stages"]] == ["ingest", "split"]
    assert document["something"]


def test_what_cannot_be_asked_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "churn", "trian"]) == 2
    assert "HR202" in capsys.readouterr().err
    assert main(["status", "churn", "model=nothing"]) == 2
    assert main(["status", "churn", "--as-of", "yesterday"]) == 2


def test_each_member_has_a_status_of_its_own(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    each = 'for_each: {plan: [basic, plus]}\ndataset: {where: {plan: "${each:plan}"}}\n'
    sandbox.write("conf/pipeline/plans.yaml", CHURN_PIPELINE + each)

    assert main(["status", "plans"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("basic\nplans: 8 of 8 stages would run")
    assert "\nplus\nplans: 8 of 8 stages would run" in said
    assert main(["status", "plans", "--exit-code", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [member["member"] for member in document["members"]] == ["basic", "plus"]
    assert document["something"]


def test_a_pipeline_of_many_models_is_listed_with_their_number(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    each = 'for_each: {plan: [basic, plus]}\ndataset: {where: {plan: "${each:plan}"}}\n'
    sandbox.write("conf/pipeline/plans.yaml", CHURN_PIPELINE + each)

    assert main(["list"]) == 0
    assert "LogisticRegression x 2" in capsys.readouterr().out


def test_asking_imports_nothing_heavy(sandbox: Sandbox) -> None:
    code = (
        "import sys; from headrace.cli import main; main(['status', 'churn']);"
        "print(sorted({'hydra', 'omegaconf', 'pandas', 'polars', 'sklearn', 'mlflow', 'pydantic'} & set(sys.modules)))"
    )
    environment = {**sandbox.environment(), "HEADRACE_PROJECT": str(sandbox.root), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
