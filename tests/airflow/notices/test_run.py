"""What people hear of runs: Airflow, its connections and its callbacks are real, and so are the servers."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import RunSeen, copy_database, dags_test
from mailboxes import Mailbox, mailbox
from projects import CHURN_PIPELINE, Sandbox, churn_project
from scripted_stages import ScriptedStages
from webhooks import Inbox, inbox

RUNTIME = "runtime: {python: bin/python, retries: 1, retry_delay: 1s, retry_backoff: false}\n"
EVERYBODY = """
notify:
  - {type: webhook, url: "${secret:ALERT_URL}", events: [failed, retrying]}
  - {type: slack, url: "${secret:SLACK_URL}"}
  - {type: slack, connection: slack_alerts}
  - {type: slack, connection: nowhere}
  - {type: email, host: 127.0.0.1, port: PORT, security: none, sender: headrace@example.com, to: [team@example.com],
     user: me, password: "${secret:SMTP_PASSWORD}"}
  - {type: function, name: my_alerts.page}
  - {type: log, events: [succeeded]}
"""
ALERTS = """\
def page(notice):
    print("paging:", notice.headline)
"""
LOST = {"exit": 75, "document": {"stage": "train", "status": "failed"}, "says": ["connection lost"]}
GATES = [{"passed": False, "reason": "roc_auc 0.61 is below 0.65 by 0.04"}]
REFUSAL = {"exit": 3, "document": {"stage": "gate", "status": "refused", "facts": {"gates": GATES}}}
MLFLOW = "https://mlflow.example.com/#/experiments/4/runs/0f3a"
TRACKED = {"document": {"stage": "track", "status": "ran", "facts": {"url": MLFLOW}}}
PASSWORD = {"document": {"stage": "track", "status": "ran", "facts": {"url": "https://me:s3cret@mlflow.example.com/"}}}


@dataclass(frozen=True)
class Ran:
    project: Sandbox
    stages: ScriptedStages
    box: Inbox
    mail: Mailbox
    results: dict[str, RunSeen]


def install_plugin(folder: Path) -> None:
    """The entry point as an installed headrace has it."""
    info = folder / "headrace_notes-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: headrace-notes\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[airflow.plugins]\nheadrace = headrace_airflow.plugin:HeadracePlugin\n")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Ran]:
    plugins = tmp_path_factory.mktemp("plugins")
    install_plugin(plugins)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", os.pathsep.join([str(plugins), os.environ.get("PYTHONPATH", "")]))
        yield from _ran(tmp_path_factory, migrated)


def _ran(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Ran]:
    project = churn_project(tmp_path_factory.mktemp("notices") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    project.write("my_alerts.py", ALERTS)
    config = project.root / "conf/config.yaml"
    config.write_text(config.read_text().replace("model_packages: []", "model_packages: [my_alerts]"))
    copy_database(migrated, project)
    script = {
        "failing": {"train": [LOST]},
        "fine": {"track": [TRACKED]},
        "refused": {"gate": [REFUSAL], "track": [PASSWORD]},
    }
    stages = ScriptedStages.install(project, script)
    with inbox() as box, mailbox(password="s3cret-mail") as mail:
        for name in script:
            notify = EVERYBODY.replace("PORT", str(mail.port)) if name == "failing" else _only_webhook(name)
            project.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + RUNTIME + notify)
        connection = {"conn_type": "slackwebhook", "password": f"{box.address}/connection/s3cret-slack"}
        environment = {
            "ALERT_URL": f"{box.address}/alert",
            "AIRFLOW_VAR_SLACK_URL": f"{box.address}/slack",
            "SMTP_PASSWORD": "s3cret-mail",
            "AIRFLOW_CONN_SLACK_ALERTS": json.dumps(connection),
        }
        for words in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", *words], cwd=project.root, check=True)
        results = dags_test(project, *((name,) for name in script), **environment)
        yield Ran(project, stages, box, mail, results)


def _only_webhook(name: str) -> str:
    return f'notify: [{{type: webhook, url: "${{secret:ALERT_URL}}/{name}", events: [succeeded, refused, retrying]}}]\n'


def test_who_asked_for_it_hears_of_the_try_that_failed_and_of_the_failure(ran: Ran) -> None:
    first, second = ran.box.at("/alert")

    assert (first["event"], second["event"]) == ("retrying", "failed")
    assert first["consequence"] == ""
    assert "connection lost" in first["message"]
    assert second["consequence"] == "the champion stays"


def test_a_notice_leads_to_the_log(ran: Ran) -> None:
    *_, notice = ran.box.at("/alert")

    assert notice["log"].startswith("http://localhost:8080/dags/failing/runs/manual__")
    assert notice["log"].endswith("/tasks/train?try_number=2")


@pytest.mark.parametrize("path", ["/slack", "/connection/s3cret-slack"])
def test_slack_is_told_once_by_address_and_by_connection(ran: Ran, path: str) -> None:
    (message,) = ran.box.at(path)

    assert message["text"].startswith("*failing failed at train (manual__")


def test_a_mail_is_sent_once(ran: Ran) -> None:
    (message,) = ran.mail.messages

    assert message["Subject"].startswith("failing failed at train (manual__")
    assert ran.mail.logins == [("me", "s3cret-mail")]


def test_a_function_is_called(ran: Ran) -> None:
    assert "my_alerts.page: paging: failing failed at train (manual__" in ran.results["failing"].out


def test_who_cannot_be_reached_is_named_and_keeps_nobody_else_from_hearing(ran: Ran) -> None:
    assert "no notice was sent to the slack: the connection `nowhere`" in ran.results["failing"].out


def test_a_run_that_succeeds_is_told_of_once_to_who_asked(ran: Ran) -> None:
    (notice,) = ran.box.at("/alert/fine")

    assert notice["event"] == "succeeded"
    assert notice["text"].startswith("fine succeeded (manual__")
    assert "/tasks/" not in notice["log"]
    assert "fine succeeded" not in ran.results["failing"].out


def test_a_refusal_is_no_success(ran: Ran) -> None:
    assert [notice["event"] for notice in ran.box.at("/alert/refused")] == ["refused"]


def test_every_task_leads_to_its_mlflow_run_and_page(ran: Ran) -> None:
    links = [row for row in _xcoms(ran, "fine") if row[1] != "headrace_run"]

    assert {task for task, _, _ in links} == set(ran.results["fine"].states)
    assert {(key, value) for _, key, value in links} == {
        ("headrace_mlflow_run", MLFLOW),
        ("headrace_report", f"{MLFLOW}/artifacts/page.html"),
    }


def test_an_address_with_a_password_is_no_link(ran: Ran) -> None:
    assert {key for _, key, _ in _xcoms(ran, "refused")} == {"skipmixin_key", "headrace_run"}


def test_a_stage_knows_the_page_of_its_run(ran: Ran) -> None:
    (call,) = ran.stages.calls("fine", "track")

    assert call["env"]["HEADRACE_RUN_URL"].startswith("http://localhost:8080/dags/fine/runs/manual__")
    assert "/tasks/" not in call["env"]["HEADRACE_RUN_URL"]


def test_a_runs_note_names_plan_commit_and_mlflow_run(ran: Ran) -> None:
    with sqlite3.connect(ran.project.home / "airflow" / "check" / "airflow.db") as database:
        notes = dict(database.execute("SELECT dag_id, content FROM dag_run_note JOIN dag_run ON id = dag_run_id"))

    plan, commit, mlflow = notes["fine"].split("\n\n")
    assert plan.startswith("Plan `")
    assert commit.startswith("Git commit `")
    assert mlflow == f"[MLflow run](<{MLFLOW}>), [provenance](<{MLFLOW}/artifacts/provenance.json>)"
    assert notes["failing"].split("\n\n") == [notes["failing"].split("\n\n")[0], commit]


def test_secrets_are_nowhere(ran: Ran) -> None:
    for path in ran.project.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"s3cret-mail" not in content, path
            assert b"s3cret-slack" not in content, path
    assert "s3cret" not in ran.results["failing"].out


def _xcoms(ran: Ran, dag_id: str) -> list[tuple[str, str, Any]]:
    with sqlite3.connect(ran.project.home / "airflow" / "check" / "airflow.db") as database:
        rows = database.execute("SELECT task_id, key, value FROM xcom WHERE dag_id = ?", (dag_id,)).fetchall()
    return [(task, key, json.loads(value) if key != "skipmixin_key" else None) for task, key, value in rows]
