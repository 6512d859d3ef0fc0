"""`headrace up` without starting it: who is told what. Its servers run in `make soak`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from airflow_runs import project_of
from headrace_airflow.local import state
from headrace_airflow.local.state import Known, Running, known
from headrace_airflow.local.up import server_home
from projects import Sandbox, churn_project


@pytest.fixture
def project(tmp_path: Path) -> Sandbox:
    return churn_project(tmp_path / "project")


def running(pid: int, *parts: Known) -> Running:
    supervisor = known("headrace up", pid) if psutil.pid_exists(pid) else Known("headrace up", pid, 1.0, "")
    return Running(supervisor, 1, None, "https://mlflow.example.com", parts)


def test_nothing_runs(project: Sandbox) -> None:
    done = project.headrace("up", "--status")

    assert (done.code, done.out.strip()) == (1, "headrace up is not running")
    assert project.headrace("up", "--stop").out.strip() == "headrace up is not running"


def test_a_second_one_says_that_it_is_running(project: Sandbox) -> None:
    home = server_home(project_of(project))
    with state.held(home):
        state.write(home, running(os.getpid(), Known("scheduler", 2**22 + 1, 1.0, "scheduler.log", 2)))

        second = project.headrace("up")
        seen = project.headrace("up", "--status")

    assert second.code == 0
    assert f"running already (process {os.getpid()})" in second.out
    assert seen.code == 1  # its scheduler is not there
    assert "ended" in next(line for line in seen.out.splitlines() if line.startswith("scheduler"))
    assert "https://mlflow.example.com" in seen.out


def test_a_stale_process_number_is_no_obstacle(project: Sandbox) -> None:
    home = server_home(project_of(project))
    state.write(home, running(os.getpid()))  # this process lives, but holds no lock

    done = project.headrace("up", "--status", "--json")

    assert done.code == 1
    assert json.loads(done.out)["running"] is False


def test_what_a_killed_one_left_is_told_and_ended(project: Sandbox) -> None:
    home = server_home(project_of(project))
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as left:
        state.write(home, running(2**22 + 1, known("triggerer", left.pid, "triggerer.log")))

        seen = project.headrace("up", "--status")
        ended = project.headrace("up", "--stop")

        assert "left running" in seen.out
        assert "triggerer" in ended.out
        assert left.wait(timeout=20) != 0
    assert "not running" in project.headrace("up", "--status").out


def test_equal_ports_are_refused(project: Sandbox) -> None:
    done = project.headrace("up", "--port", "5000")

    assert done.code == 2
    assert "--mlflow-port" in done.err


@pytest.mark.parametrize(
    ("port", "said", "offered"),
    [("0", "is no port", "8081"), ("99999", "is no port", "8081"), ("busy", "is taken", "")],
)
def test_a_port_that_cannot_be_is_refused_with_another_one(
    project: Sandbox, port: str, said: str, offered: str
) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        number = str(busy.getsockname()[1]) if port == "busy" else port

        done = project.headrace("up", "--port", number)

    assert done.code == 2
    assert f"port {number} {said}" in done.err
    assert f"headrace up --port {offered}" in done.err
    assert not (project.home / "airflow" / "server" / "airflow.db").exists()


def test_a_status_tells_paths_as_one_would_write_them_here(project: Sandbox) -> None:
    home = server_home(project_of(project))
    with state.held(home):
        log = str(home / "logs" / "scheduler.log")
        state.write(home, running(os.getpid(), Known("scheduler", 2**22 + 1, 1.0, log, 2)))

        seen = project.headrace("up", "--status").out

    assert "password is in .headrace/airflow/server/simple_auth" in seen
    assert str(project.root) not in seen
