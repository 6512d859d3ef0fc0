"""`headrace up`: a real scheduler starts a run on schedule, and it succeeds."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from airflow_server import AirflowServer, airflow_server, listening, wait
from projects import churn_project
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


@pytest.fixture(scope="module")
def box() -> Iterator[Inbox]:
    with inbox() as box:
        yield box


@pytest.fixture(scope="module")
def stages(served: AirflowServer) -> ScriptedStages:
    return ScriptedStages.install(
        served.project, {"stuck": {"ingest": [{"sleeps": 600}]}, "late": {"ingest": [{"sleeps": 30}]}}
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, box: Inbox) -> Iterator[AirflowServer]:
    project = churn_project(tmp_path_factory.mktemp("scheduler") / "project")
    pipeline = project.root / "conf/pipeline/churn.yaml"
    plain = pipeline.read_text()
    pipeline.write_text(plain + EVERY_MINUTE)
    project.write(
        "conf/pipeline/stuck.yaml", plain + STUCK + f'notify: [{{type: webhook, url: "{box.address}/stuck"}}]\n'
    )
    project.write("conf/pipeline/late.yaml", plain + LATE)
    with airflow_server(project, AIRFLOW_VAR_LATE_HOOK=f"{box.address}/late") as served:
        yield served


def start_stuck_stage(served: AirflowServer, stages: ScriptedStages) -> tuple[str, psutil.Process]:
    """Trigger the pipeline whose first stage hangs; the run, and the stage's process."""
    earlier = len(stages.calls("stuck"))
    run = served.trigger("stuck")
    assert wait(90, lambda: len(stages.calls("stuck")) > earlier)
    return run, psutil.Process(stages.calls("stuck")[-1]["pid"])


def test_only_this_machine_can_reach_it(served: AirflowServer) -> None:
    found = listening(served.family())

    assert {address for address, _ in found} == {"127.0.0.1"}
    assert served.port in {port for _, port in found}


def test_a_run_that_is_late_is_told_of_while_it_goes_on(
    served: AirflowServer, stages: ScriptedStages, box: Inbox
) -> None:
    del stages  # the interpreter that the pipeline names
    served.trigger("late")

    (sent, *others) = wait(60, lambda: box.at("/late")) or [{}]

    assert not others
    assert sent.get("event") == "deadline", served.output.read_text()[-2000:]
    assert sent["run_id"] == served.runs("late")[0]["dag_run_id"]
    assert served.runs("late")[0]["state"] == "running"


def test_the_password_is_for_one_user_alone(served: AirflowServer) -> None:
    assert served.password_file.stat().st_mode & 0o777 == 0o600
    assert served.home.stat().st_mode & 0o777 == 0o700
    assert str(served.password_file.relative_to(served.project.root)) in served.output.read_text()
    assert json.loads(served.password_file.read_text())["admin"] not in served.output.read_text()


def test_a_run_is_started_on_schedule_and_succeeds(served: AirflowServer) -> None:
    def succeeded() -> list[dict[str, Any]]:
        ended = (run for run in served.runs("churn") if run["state"] in {"success", "failed"})
        return [run for run in ended if run["run_type"] == "scheduled"]

    found = wait(240, succeeded)

    assert found, served.runs("churn")
    assert found[-1]["state"] == "success", found
    assert found[-1]["triggered_by"] == "timetable"
    document = served.project.run("churn")
    assert document["model"] == {"name": "churn", "version": "1", "alias": "champion"}


def test_the_stages_tell_their_work_in_airflows_logs(served: AirflowServer) -> None:
    logs = [path.read_text() for path in (served.home / "logs").rglob("*.log") if "task_id=train" in str(path)]

    assert any("train: ran" in text for text in logs)


def test_the_next_run_reuses_everything(served: AirflowServer) -> None:
    def twice() -> bool:
        return sum(run["state"] == "success" for run in served.runs("churn")) >= 2

    assert wait(180, twice)
    logs = sorted(path for path in (served.home / "logs").rglob("*.log") if "task_id=train" in str(path))
    assert any("train: reused" in path.read_text() for path in logs)


def test_a_stage_whose_task_a_person_fails_is_ended(served: AirflowServer, stages: ScriptedStages, box: Inbox) -> None:
    run, process = start_stuck_stage(served, stages)

    served.ask(f"dags/stuck/dagRuns/{quote(run)}/taskInstances/ingest", {"new_state": "failed"}, method="PATCH")

    gone, _ = psutil.wait_procs([process], timeout=60)
    assert gone == [process]
    assert wait(60, lambda: box.at("/stuck"))


def test_a_task_whose_process_is_lost_is_told_of_too(served: AirflowServer, stages: ScriptedStages, box: Inbox) -> None:
    _, process = start_stuck_stage(served, stages)
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


def test_ctrl_c_stops_all_of_it(served: AirflowServer) -> None:
    family = served.family()

    served.process.send_signal(signal.SIGINT)

    assert served.process.wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
