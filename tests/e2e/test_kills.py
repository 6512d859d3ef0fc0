"""SIGKILL in mid-run: of a stage, of its task, of the task's supervisor, of the scheduler, of all of it at once.

Whatever is killed, the run ends right without anybody's help, no process works on for nobody, and in the end there is
one artifact, one MLflow run and one model version.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from airflow_server import AirflowServer, airflow_server, aliases, logged_models, tracked, versions, wait
from projects import CHURN_PIPELINE, Sandbox, churn_project

pytestmark = pytest.mark.slow

#: Training takes long enough to be killed in the middle of it.
LONG = CHURN_PIPELINE.replace("/model: logistic_regression", "/model: random_forest_classifier") + (
    "model: {params: {n_estimators: 1000, n_jobs: 1}}\nruntime: {retries: 2, retry_delay: 1s, retry_backoff: false}\n"
)
SCENARIOS = ("stage", "task", "supervisor", "registering", "scheduler", "everything")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    project = churn_project(tmp_path_factory.mktemp("kills") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    for number, name in enumerate(SCENARIOS):  # nothing of one is reused by another
        project.write(f"conf/pipeline/{name}.yaml", f"{LONG}seed: {number}\n")
    return project


@pytest.fixture(scope="module")
def server(project: Sandbox) -> Iterator[AirflowServer]:
    with airflow_server(project) as server:
        yield server


def at_work(project: Sandbox, pipeline: str, stage: str, seconds: float = 3.0) -> psutil.Process:
    """The process of a stage that has been at work for some seconds."""

    def found() -> psutil.Process | None:
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if words[3:6] == ["stage", pipeline, stage]:
                return process
        return None

    process = wait(400, found)
    assert process, f"{pipeline} {stage} has not begun"
    assert process.environ()["HEADRACE_HOME"] == str(project.home)
    time.sleep(max(0.0, process.create_time() + seconds - time.time()))
    return process  # type: ignore[no-any-return]


def end(process: psutil.Process | None) -> None:
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)


def assert_right(server: AirflowServer, dag: str, run: str) -> None:
    """The run succeeded, and made everything exactly once."""
    project = server.project
    assert server.end(dag, run) == "success", server.states(dag, run)
    assert set(server.states(dag, run).values()) == {"success"}
    assert versions(project)[dag] == aliases(project)[dag] == ["1"]
    assert logged_models(project, dag) == 1
    assert len(tracked(project, dag)) == 1
    assert len(trained(project, dag, run)) == 1


def trained(project: Sandbox, dag: str, run: str) -> list[Path]:
    """The committed results of training that the run has made."""
    actions = [json.loads(path.read_text()) for path in (project.home / "store/actions").glob("*/*.json")]
    return [action for action in actions if action["stage"] == "train" and action["run_id"].startswith(f"{dag}__")]


def test_of_a_stage(server: AirflowServer, project: Sandbox) -> None:
    run = server.trigger("stage")
    stage = at_work(project, "stage", "train")

    end(stage)

    assert_right(server, "stage", run)
    assert server.tasks("stage", run)["train"]["try_number"] == 2


def test_of_a_stage_that_is_registering_its_model(server: AirflowServer, project: Sandbox) -> None:
    run = server.trigger("registering")
    for seconds in (1.5, 2.5):
        end(at_work(project, "registering", "register", seconds))
        time.sleep(1)

    assert_right(server, "registering", run)


def test_of_a_task(server: AirflowServer, project: Sandbox) -> None:
    run = server.trigger("task")
    stage = at_work(project, "task", "train")

    end(stage.parent())

    psutil.wait_procs([stage], timeout=10)
    assert not stage.is_running()
    assert_right(server, "task", run)


def test_of_a_tasks_supervisor(server: AirflowServer, project: Sandbox) -> None:
    run = server.trigger("supervisor")
    stage = at_work(project, "supervisor", "train")
    task = stage.parent()
    assert task

    end(task.parent())

    psutil.wait_procs([stage, task], timeout=10)
    assert not stage.is_running()
    assert not task.is_running()
    assert_right(server, "supervisor", run)


def test_of_the_scheduler(server: AirflowServer, project: Sandbox) -> None:
    run = server.trigger("scheduler")
    stage = at_work(project, "scheduler", "train")

    end(server.part("scheduler"))

    psutil.wait_procs([stage], timeout=10)
    assert not stage.is_running()
    assert_right(server, "scheduler", run)


def test_of_everything(server: AirflowServer, project: Sandbox) -> None:
    run = server.trigger("everything")
    stage = at_work(project, "everything", "train")

    for process in server.family():
        with suppress(ProcessLookupError):  # it has ended with its parent
            end(process)
    server.process.wait()
    psutil.wait_procs([stage], timeout=10)
    assert not stage.is_running()

    with airflow_server(project) as again:
        assert_right(again, "everything", run)
