"""`headrace up`: a real scheduler starts a run on schedule, and it succeeds."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from airflow_runs import free_port
from projects import Sandbox, churn_project
from scripted_stages import ScriptedStages
from webhooks import Inbox, inbox

pytestmark = pytest.mark.slow

EVERY_MINUTE = 'schedule: {cron: "* * * * *", timezone: Europe/Berlin}\nruntime: {retries: 0}\n'
STUCK = "runtime: {retries: 0, python: bin/python}\n"
LATE = (
    STUCK
    + """\
dag: {deadlines: [{within: 5s}]}
notify: [{type: webhook, url: "${secret:LATE_HOOK}"}]
"""
)


@dataclass(frozen=True)
class Served:
    """An Airflow at work."""

    project: Sandbox
    process: subprocess.Popen[bytes]
    port: int
    output: Path

    @property
    def home(self) -> Path:
        return self.project.home / "airflow" / "server"

    def family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def ask(self, path: str, document: dict[str, Any] | None = None, token: str = "", method: str | None = None) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        body = json.dumps(document).encode() if document else None
        with urllib.request.urlopen(request, body, timeout=30) as answer:
            return json.load(answer)

    def token(self) -> str:
        password = json.loads(self.password_file.read_text())["admin"]
        return str(self.ask("/auth/token", {"username": "admin", "password": password})["access_token"])

    @property
    def password_file(self) -> Path:
        return self.home / "simple_auth_manager_passwords.json.generated"

    def runs(self, dag: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"/api/v2/dags/{dag}/dagRuns", token=self.token())["dag_runs"]
        return found

    def start_stuck_stage(self, stages: ScriptedStages) -> psutil.Process:
        """Trigger the pipeline whose first stage hangs; the stage's process."""
        earlier = len(stages.calls("stuck"))
        self.ask("/api/v2/dags/stuck/dagRuns", {"logical_date": None}, token=self.token())
        assert wait(90, lambda: len(stages.calls("stuck")) > earlier)
        return psutil.Process(stages.calls("stuck")[-1]["pid"])


@pytest.fixture(scope="module")
def box() -> Iterator[Inbox]:
    with inbox() as box:
        yield box


@pytest.fixture(scope="module")
def stages(served: Served) -> ScriptedStages:
    return ScriptedStages.install(
        served.project, {"stuck": {"ingest": [{"sleeps": 600}]}, "late": {"ingest": [{"sleeps": 30}]}}
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, box: Inbox) -> Iterator[Served]:
    project = churn_project(tmp_path_factory.mktemp("scheduler") / "project")
    pipeline = project.root / "conf/pipeline/churn.yaml"
    plain = pipeline.read_text()
    pipeline.write_text(plain + EVERY_MINUTE)
    project.write(
        "conf/pipeline/stuck.yaml", plain + STUCK + f'notify: [{{type: webhook, url: "{box.address}/stuck"}}]\n'
    )
    project.write("conf/pipeline/late.yaml", plain + LATE)
    port, output = free_port(), project.root / "airflow.out"
    environment = {**project.environment(), "AIRFLOW_VAR_LATE_HOOK": f"{box.address}/late"}
    with output.open("wb") as out:
        words = [
            sys.executable,
            "-m",
            "headrace",
            "up",
            "--port",
            str(port),
            "--mlflow-port",
            str(free_port()),
            "--unpaused",
        ]
        process = subprocess.Popen(words, cwd=project.root, env=environment, stdout=out, stderr=out)
    served = Served(project, process, port, output)
    try:
        wait(120, lambda: "Airflow is ready" in output.read_text() or process.poll() is not None)
        assert process.poll() is None, output.read_text()
        yield served
    finally:
        family = served.family() if process.poll() is None else []
        for member in family:
            member.terminate()
        _, alive = psutil.wait_procs(family, timeout=30)
        for member in alive:
            member.kill()


def wait(seconds: float, condition: Any) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(1)
    return None


def test_only_this_machine_can_reach_it(served: Served) -> None:
    listening = [
        connection.laddr
        for member in served.family()
        for connection in member.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]

    assert {address.ip for address in listening} == {"127.0.0.1"}
    assert served.port in {address.port for address in listening}


def test_a_run_that_is_late_is_told_of_while_it_goes_on(served: Served, stages: ScriptedStages, box: Inbox) -> None:
    del stages  # the interpreter that the pipeline names
    served.ask("/api/v2/dags/late/dagRuns", {"logical_date": None}, token=served.token())

    (sent, *others) = wait(60, lambda: box.at("/late")) or [{}]

    assert not others
    assert sent.get("event") == "deadline", served.output.read_text()[-2000:]
    assert sent["run_id"] == served.runs("late")[0]["dag_run_id"]
    assert served.runs("late")[0]["state"] == "running"


def test_the_password_is_for_one_user_alone(served: Served) -> None:
    assert served.password_file.stat().st_mode & 0o777 == 0o600
    assert served.home.stat().st_mode & 0o777 == 0o700
    assert str(served.password_file.relative_to(served.project.root)) in served.output.read_text()
    assert json.loads(served.password_file.read_text())["admin"] not in served.output.read_text()


def test_a_run_is_started_on_schedule_and_succeeds(served: Served) -> None:
    def succeeded() -> list[dict[str, Any]]:
        ended = (run for run in served.runs("churn") if run["state"] in {"success", "failed"})
        return [run for run in ended if run["run_type"] == "scheduled"]

    found = wait(240, succeeded)

    assert found, served.runs("churn")
    assert found[-1]["state"] == "success", found
    assert found[-1]["triggered_by"] == "timetable"
    document = served.project.run("churn")
    assert document["model"] == {"name": "churn", "version": "1", "alias": "champion"}


def test_the_stages_tell_their_work_in_airflows_logs(served: Served) -> None:
    logs = [path.read_text() for path in (served.home / "logs").rglob("*.log") if "task_id=train" in str(path)]

    assert any("train: ran" in text for text in logs)


def test_the_next_run_reuses_everything(served: Served) -> None:
    def twice() -> bool:
        return sum(run["state"] == "success" for run in served.runs("churn")) >= 2

    assert wait(180, twice)
    logs = sorted(path for path in (served.home / "logs").rglob("*.log") if "task_id=train" in str(path))
    assert any("train: reused" in path.read_text() for path in logs)


def test_a_stage_whose_task_a_person_fails_is_ended(served: Served, stages: ScriptedStages, box: Inbox) -> None:
    process = served.start_stuck_stage(stages)
    run = served.runs("stuck")[-1]["dag_run_id"]
    path = f"/api/v2/dags/stuck/dagRuns/{quote(run)}/taskInstances/ingest"

    served.ask(path, {"new_state": "failed"}, token=served.token(), method="PATCH")

    gone, _ = psutil.wait_procs([process], timeout=60)
    assert gone == [process]
    assert wait(60, lambda: box.at("/stuck"))


def test_a_task_whose_process_is_lost_is_told_of_too(served: Served, stages: ScriptedStages, box: Inbox) -> None:
    process = served.start_stuck_stage(stages)
    told = len(box.at("/stuck"))
    task = process.parent()
    assert task is not None

    task.kill()

    assert wait(120, lambda: len(box.at("/stuck")) > told)
    process.kill()
    assert len(box.at("/stuck")) == told + 1
    notice = box.at("/stuck")[-1]
    assert notice["stage"] == "ingest"
    assert "process was killed" in notice["message"]
    assert notice["run_id"].startswith("manual__")


def test_ctrl_c_stops_all_of_it(served: Served) -> None:
    family = served.family()

    served.process.send_signal(signal.SIGINT)

    assert served.process.wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
