"""`headrace stage` with a member or with values: what a scheduler's tasks say besides the plan."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.store import LocalStore
from projects import CHURN_PIPELINE, Done, Sandbox, churn_project

MORE = """\
for_each: {plan: [basic, plus]}
dataset: {where: {plan: "${each:plan}"}}
params:
  window: {at: split.test}
  c: {at: model.params.C, max: 5}
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    project = churn_project(tmp_path_factory.mktemp("filling") / "project")
    project.write("conf/pipeline/plans.yaml", CHURN_PIPELINE.replace("categorical: [plan]", "categorical: []") + MORE)
    assert project.headrace("compile").code == 0
    return project


def stage(sandbox: Sandbox, *words: str) -> Done:
    return sandbox.headrace("stage", "plans", *words)


def runs(sandbox: Sandbox) -> dict[str, dict[str, str]]:
    return {name: dict(document) for name, document in LocalStore(sandbox.home / "store").documents("runs")}


def test_a_members_part_is_a_run_below_the_schedulers(sandbox: Sandbox) -> None:
    assert stage(sandbox, "ingest", "--run-id=r1").code == 0
    done = stage(sandbox, "split", "--run-id=r1", "--member=basic")

    assert done.code == 0, done.err
    assert "ingest" not in done.out  # it ran before, in the part that all members share
    found = runs(sandbox)
    assert found["r1+basic"]["part_of"] == "r1"
    assert found["r1+basic"]["scope"] == "plans+basic"
    assert found["r1+basic"]["template"] == found["r1"]["plan"]


def test_data_that_changes_meanwhile_is_not_what_a_later_member_sees(sandbox: Sandbox) -> None:
    assert stage(sandbox, "ingest", "--run-id=r2").code == 0
    data: Path = sandbox.root / "data/customers.csv"
    before = data.read_text()
    try:
        data.write_text(before.replace(",basic,", ",other,"))
        done = stage(sandbox, "split", "--run-id=r2", "--member=basic")
    finally:
        data.write_text(before)

    assert done.code == 0, done.err


def test_values_make_another_plan_that_all_tasks_must_agree_on(sandbox: Sandbox) -> None:
    assert stage(sandbox, "ingest", "--run-id=r3", '--param=window="15d"').code == 0
    same = stage(sandbox, "split", "--run-id=r3", "--member=plus", '--param=window="15d"')
    other = stage(sandbox, "split", "--run-id=r3", "--member=plus", '--param=window="14d"')

    assert same.code == 0, same.err
    assert other.code == 2
    assert "began with plan" in other.err
    assert runs(sandbox)["r3"]["plan"] != runs(sandbox)["r3"]["template"]


def test_only_the_first_task_fills_the_plan(sandbox: Sandbox) -> None:
    words = ["stage", "plans", "split", "--run-id=r5", "--member=basic", "--param=c=2"]
    code = f"import sys; from headrace.cli import main; main({words}); print('pydantic' in sys.modules)"
    environment = {**sandbox.environment(), "HEADRACE_PROJECT": str(sandbox.root), "PYTHONPATH": ":".join(sys.path)}

    said = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]

    assert [text.splitlines()[-1] for text in said] == ["True", "False"]
    assert json.loads(said[1].splitlines()[-2])["status"] == "reused"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--member=gold"], "has no member 'gold'"),
        (["--member=basic", "--param=c=6"], "parameter c: 6 is more than 5"),
        (["--member=basic", "--param=c=-1"], "C is -1, which is out of bounds"),
        (["--member=basic", "--param=windw=1"], "no parameter `windw`"),
        (["--member=basic", "--param=window=14d"], "'14d' is no JSON"),
        ([], "split must know for which"),
    ],
)
def test_what_does_not_fit_ends_before_anything_runs(sandbox: Sandbox, words: list[str], said: str) -> None:
    done = stage(sandbox, "split", "--run-id=r4", *words)

    assert done.code == 2
    assert said in done.err
    assert "r4+basic" not in runs(sandbox)


def test_trials_are_made_of_pipelines_of_one_model(sandbox: Sandbox) -> None:
    done = sandbox.headrace("run", "plans", "-m", "model.params.C=1,2")

    assert done.code == 2
    assert "plans makes a model for each of basic, plus" in done.err + done.out
