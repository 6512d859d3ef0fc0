"""Runs through Airflow's own `dag.test()`: what happens when a stage fails, refuses, hangs or is given odd text.

The stages are scripted at the boundary that the factory sees, the process; Airflow, the plans, the web server that
notices go to and the database are real.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import RunSeen, copy_database, dags_test
from projects import CHURN_PIPELINE, Sandbox, churn_project
from scripted_stages import ScriptedStages
from webhooks import Inbox, inbox

RUNTIME = "runtime: {python: bin/python, retry_delay: 1s, retry_backoff: false, %s}\n"
NOTIFY = 'notify: [{type: log}, {type: webhook, url: "%s/%s"}]\n'
TRANSIENT = {
    "exit": 75,
    "document": {"stage": "train", "status": "failed", "diagnostics": []},
    "says": ["connection lost"],
}
DIAGNOSTIC = {
    "file": "conf/dataset/churn.yaml",
    "line": 3,
    "column": 5,
    "code": "HR300",
    "message": "column age is missing",
    "remedy": "look at the file",
}
WRONG_DATA = {"exit": 65, "document": {"stage": "ingest", "status": "failed", "diagnostics": [DIAGNOSTIC]}}
GATES = [{"passed": False, "reason": "roc_auc 0.61 is below 0.65 by 0.04"}]
REFUSAL = {"exit": 3, "document": {"stage": "gate", "status": "refused", "facts": {"gates": GATES}}}
FUSED_REFUSAL = {"exit": 3, "document": {"pipeline": "fused", "gates": GATES}}
FUSED_FAILURE = {
    "exit": 65,
    "document": {
        "stage": "track",
        "diagnostics": [DIAGNOSTIC],
        "stages": [{"name": "promote", "status": "ran"}],
    },
}
HOSTILE = {
    "TEMPLATE": "{{ var.value.get('x') }}",
    "COMMAND": "$(id) `id` $HOME",
    "CHAIN": "; rm -rf / && true | cat",
    "SCRIPT": "run.sh",
    "QUOTES": "a'b\\\"c",
    "LINES": "one\\ntwo",
    "TOKEN": "Bearer ${secret:API_TOKEN}",
    "FROM_AIRFLOW": "${secret:LAKE_KEY}",
}


@dataclass(frozen=True)
class Scenario:
    """What the stages do, and what the pipeline's YAML says besides."""

    script: dict[str, list[dict[str, Any]]]
    runtime: str = "retries: 2"
    yaml: str = ""
    hook: str = ""
    """Address of the web server, where it is not given plainly."""
    words: tuple[str, ...] = ()


SCENARIOS = {
    "flaky": Scenario({"train": [TRANSIENT, {}]}),
    "failing": Scenario({"train": [TRANSIENT]}),
    "wrong_data": Scenario({"ingest": [WRONG_DATA]}),
    "refused": Scenario({"gate": [REFUSAL]}),
    "fused": Scenario({"--all": [FUSED_REFUSAL]}, "fuse: true"),
    "fused_late": Scenario({"--all": [FUSED_FAILURE]}, "fuse: true"),
    "slow": Scenario({"ingest": [{"sleeps": 60}]}, "retries: 0, timeout: 2s"),
    "hostile": Scenario(
        {"ingest": [{"says": ["key is s3cret-value", "{{ 7 * 7 }}"]}], "gate": [REFUSAL]},
        runtime="env: {" + ", ".join(f'{name}: "{value}"' for name, value in HOSTILE.items()) + "}",
        yaml='schedule: {cron: "0 6 * * *", timezone: America/New_York}\n',
        hook="${secret:HOOK}",
        words=("--date", "2024-07-03T12:00:00Z"),
    ),
}
ENVIRONMENT = {
    "API_TOKEN": "s3cret-value",
    "AIRFLOW_VAR_LAKE_KEY": "s3cret-lake",
    "AIRFLOW__CORE__FERNET_KEY": "airflows-own-key",
}


@dataclass(frozen=True)
class Ran:
    project: Sandbox
    stages: ScriptedStages
    box: Inbox
    results: dict[str, RunSeen]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Ran]:
    project = churn_project(tmp_path_factory.mktemp("runs") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    copy_database(migrated, project)
    stages = ScriptedStages.install(project, {name: scenario.script for name, scenario in SCENARIOS.items()})
    with inbox() as box:
        for name, scenario in SCENARIOS.items():
            notify = NOTIFY % (scenario.hook or box.address, name)
            text = CHURN_PIPELINE + RUNTIME % scenario.runtime + notify + scenario.yaml
            project.write(f"conf/pipeline/{name}.yaml", text)
        project.write("conf/pipeline/broken.yaml", CHURN_PIPELINE + "modle: ridge\n")
        runs = [(name, *scenario.words) for name, scenario in SCENARIOS.items()]
        results = dags_test(project, *runs, ("broken",), **ENVIRONMENT)
        yield Ran(project, stages, box, {words.split()[0]: seen for words, seen in results.items()})


def notice(ran: Ran, name: str) -> dict[str, Any]:
    (only,) = ran.box.at(f"/{name}")
    return only


def test_a_lost_connection_is_tried_again_and_nobody_is_called(ran: Ran) -> None:
    result = ran.results["flaky"]

    assert result.code == 0, result.out
    assert result.tries["train"] == 2
    assert set(result.states.values()) == {"success"}
    assert ran.box.at("/flaky") == []


def test_a_stage_that_keeps_failing_is_tried_as_declared_and_then_one_notice_goes_out(ran: Ran) -> None:
    result = ran.results["failing"]

    assert result.code == 1
    assert len(ran.stages.calls("failing", "train")) == 3
    assert result.states["train"] == "failed"
    assert result.states["track"] == "upstream_failed"
    sent = notice(ran, "failing")
    assert sent["event"] == "failed"
    assert sent["pipeline"] == "failing"
    assert sent["stage"] == "train"
    assert "connection lost" in sent["message"]
    assert sent["run_id"].startswith("manual__")
    assert sent["consequence"] == "the champion stays"
    assert "failing failed at train" in result.out  # the log channel


def test_tries_of_one_run_have_one_name_and_other_runs_have_others(ran: Ran) -> None:
    def names(pipeline: str) -> set[str]:
        return {call["argv"][-1] for call in ran.stages.calls(pipeline)}

    assert len(names("failing")) == 1
    assert names("failing") != names("flaky")
    assert all(name.startswith("--run-id=failing__manual__") for name in names("failing"))


def test_wrong_data_is_not_tried_again_and_the_notice_says_what_and_where(ran: Ran) -> None:
    result = ran.results["wrong_data"]

    assert result.code == 1
    assert len(ran.stages.calls("wrong_data")) == 1
    sent = notice(ran, "wrong_data")
    assert sent["message"] == "column age is missing"
    assert sent["place"] == "conf/dataset/churn.yaml:3:5"
    assert sent["remedy"] == "look at the file"


def test_a_refusal_is_green_skips_what_follows_and_is_told_once(ran: Ran) -> None:
    result = ran.results["refused"]

    assert result.code == 0, result.out
    assert result.states["gate"] == "success"
    assert result.states["register"] == "skipped"
    assert result.states["promote"] == "skipped"
    assert result.states["track"] == "success"
    assert "refused: success" in result.out
    sent = notice(ran, "refused")
    assert sent["event"] == "refused"
    assert sent["message"] == "roc_auc 0.61 is below 0.65 by 0.04"
    assert not ran.stages.calls("refused", "register")


def test_a_fused_pipeline_is_one_process_and_may_be_refused_too(ran: Ran) -> None:
    result = ran.results["fused"]

    assert result.code == 0, result.out
    (call,) = ran.stages.calls("fused")
    assert call["argv"][2:5] == ["stage", "fused", "--all"]
    assert notice(ran, "fused")["event"] == "refused"


def test_a_fused_failure_names_the_stage_and_knows_that_the_champion_moved(ran: Ran) -> None:
    sent = notice(ran, "fused_late")

    assert sent["stage"] == "track"
    assert sent["consequence"] == "the champion had been decided on before"


def test_a_stage_that_takes_too_long_is_ended(ran: Ran) -> None:
    result = ran.results["slow"]

    assert result.code == 1
    (call,) = ran.stages.calls("slow")
    assert not Path(f"/proc/{call['pid']}").exists()
    assert "Timeout" in notice(ran, "slow")["message"]


def test_text_from_yaml_reaches_the_stage_as_it_is(ran: Ran) -> None:
    (call,) = ran.stages.calls("hostile", "ingest")

    for name in ("TEMPLATE", "COMMAND", "CHAIN", "SCRIPT"):
        assert call["env"][name] == HOSTILE[name]
    assert call["env"]["QUOTES"] == "a'b\"c"
    assert call["env"]["LINES"] == "one\ntwo"
    assert call["cwd"] == str(ran.project.root)


def test_a_stage_is_told_project_clock_plan_and_run(ran: Ran) -> None:
    (call,) = ran.stages.calls("hostile", "ingest")

    assert call["argv"][:5] == ["-m", "headrace", "stage", "hostile", "ingest"]
    assert call["argv"][-1] == "--as-of=2024-07-03T10:00:00+00:00"  # six in New York, the last before noon UTC
    assert call["env"]["HEADRACE_PROJECT"] == str(ran.project.root)
    assert call["env"]["HEADRACE_HOME"] == str(ran.project.home)
    assert not any(word.startswith("--as-of") for word in ran.stages.calls("flaky")[0]["argv"])


def test_secrets_come_from_the_environment_or_from_airflow(ran: Ran) -> None:
    (call,) = ran.stages.calls("hostile", "ingest")

    assert call["env"]["TOKEN"] == "Bearer s3cret-value"
    assert call["env"]["FROM_AIRFLOW"] == "s3cret-lake"


def test_secrets_are_nowhere_else(ran: Ran) -> None:
    result = ran.results["hostile"]

    assert "key is ***" in result.out
    assert "{{ 7 * 7 }}" in result.out
    files = [path for path in ran.project.home.rglob("*") if path.is_file()]
    assert any(path.name == "airflow.db" for path in files)
    for path in files:
        content = path.read_bytes()
        assert b"s3cret-value" not in content, path
        assert b"s3cret-lake" not in content, path
    for name in ("s3cret-value", "s3cret-lake"):
        assert not any(name in word for call in ran.stages.calls("hostile") for word in call["argv"])


def test_airflows_own_settings_do_not_reach_a_stage(ran: Ran) -> None:
    (call,) = ran.stages.calls("hostile", "ingest")

    assert not [name for name in call["env"] if name.lstrip("_").startswith("AIRFLOW")]


def test_a_webhook_whose_secret_is_missing_is_said_so_and_fails_nothing(ran: Ran) -> None:
    result = ran.results["hostile"]

    assert result.code == 0
    assert "no notice was sent to the webhook: the secret HOOK" in result.out


def test_nothing_is_rendered_or_handed_on_in_the_database(ran: Ran) -> None:
    with sqlite3.connect(ran.project.home / "airflow" / "check" / "airflow.db") as database:
        rendered = database.execute("SELECT count(*) FROM rendered_task_instance_fields WHERE rendered_fields != '{}'")
        keys = database.execute("SELECT DISTINCT key FROM xcom").fetchall()

    assert rendered.fetchone() == (0,)
    assert {key for (key,) in keys} == {"skipmixin_key", "headrace_run"}


def test_a_broken_pipeline_fails_with_its_reasons(ran: Ran) -> None:
    result = ran.results["broken"]

    assert result.code == 1
    assert result.states == {"broken": "failed"}
    assert "conf/pipeline/broken.yaml:15:1" in result.out
