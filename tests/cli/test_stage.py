"""`headrace stage`: one stage, or several that share a task."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from projects import Done, Sandbox, churn_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    found = churn_project(tmp_path_factory.mktemp("stages") / "project")
    found.write(
        "conf/pipeline/strict.yaml",
        (found.root / "conf/pipeline/churn.yaml").read_text().replace("min: 0.6", "min: 1.0") + "tracking: {}\n",
    )
    return found


def stage(project: Sandbox, pipeline: str, *names: str, run: str = "r") -> Done:
    return project.headrace("stage", pipeline, *names, "--run-id", run)


def document(done: Done) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.out.splitlines()[-1])
    return found


def test_one_stage_tells_of_itself(project: Sandbox) -> None:
    done = stage(project, "churn", "ingest")

    assert done.code == 0, done.err
    told = document(done)
    assert (told["stage"], told["status"]) == ("ingest", "ran")
    assert told["seconds"] >= 0


def test_what_an_earlier_task_of_the_run_did_is_not_told_again(project: Sandbox) -> None:
    first = project.headrace("stage", "churn", "ingest", "--run-id", "earlier", HEADRACE_HOME="elsewhere")
    assert "ingest: ran in" in first.out

    second = project.headrace("stage", "churn", "split", "--run-id", "earlier", HEADRACE_HOME="elsewhere")

    assert second.out.startswith("split: started")


def test_several_stages_each_tell_their_time(project: Sandbox) -> None:
    done = stage(project, "churn", "split", "train", run="several")

    assert done.code == 0, done.err
    told = document(done)
    assert [entry["name"] for entry in told["stages"]] == ["split", "train"]
    assert all(entry["seconds"] > 0 for entry in told["stages"])
    assert "train: ran in " in done.out


def test_a_stage_says_what_came_of_it(project: Sandbox) -> None:
    refused = stage(project, "strict", "gate", run="said")

    assert re.search(r"^evaluate: ran in [0-9.]+ s \(roc_auc .*\)$", refused.out, re.MULTILINE), refused.out
    assert re.search(r"^gate: refused in [0-9.]+ s \((?!refused).+\)$", refused.out, re.MULTILINE), refused.out


def test_a_promotion_says_why_the_champion_stays(project: Sandbox) -> None:
    now = stage(project, "churn", "promote", run="now")
    assert " is champion)" in now.out

    past = stage(project, "churn", "promote", "--as-of=2024-03-15", run="past")

    assert past.code == 0, past.err
    assert "a model of the past does not take its place)" in past.out


def test_a_refusal_among_several_names_its_stage_and_what_follows_sees_it(project: Sandbox) -> None:
    refused = stage(project, "strict", "evaluate", "gate", run="strict")

    assert refused.code == 3, refused.err
    assert document(refused)["stage"] == "gate"
    assert document(refused)["gates"]

    skipped = stage(project, "strict", "register", "promote", run="strict")

    assert skipped.code == 0, skipped.err
    assert document(skipped)["status"] == "skipped"


def test_a_stage_that_there_is_not(project: Sandbox) -> None:
    for names in (["ingest", "trian"], []):
        done = stage(project, "churn", *names)

        assert done.code == 2
        assert "its stages are ingest, split" in done.err
