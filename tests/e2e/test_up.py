"""`headrace up`: Airflow and MLflow together, and what becomes of them when parts are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from airflow_runs import free_port
from airflow_server import listening
from projects import Sandbox, churn_project

pytestmark = pytest.mark.slow
PARTS = {"scheduler", "dag-processor", "triggerer", "api-server", "task-api", "mlflow"}


@dataclass
class Up:
    project: Sandbox
    ports: tuple[int, int]
    process: subprocess.Popen[bytes] | None = None

    @property
    def words(self) -> list[str]:
        return ["up", "--port", str(self.ports[0]), "--mlflow-port", str(self.ports[1])]

    @property
    def output(self) -> str:
        return (self.project.root / "up.out").read_text()

    def start(self) -> None:
        with (self.project.root / "up.out").open("wb") as out:
            words = [sys.executable, "-m", "headrace", *self.words]
            self.process = subprocess.Popen(
                words, cwd=self.project.root, env=self.project.environment(), stdout=out, stderr=out
            )
        wait(150, lambda: "Ctrl-C" in self.output)

    def status(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.project.headrace("up", "--status", "--json").out)
        return document

    def part(self, name: str) -> dict[str, Any]:
        return next((part for part in self.status()["parts"] if part["name"] == name), {"state": "absent"})


def wait(seconds: float, condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(1)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    project = churn_project(tmp_path_factory.mktemp("up") / "project")
    up = Up(project, (free_port(), free_port()))
    up.start()
    yield up
    project.headrace("up", "--stop")


def test_everything_is_up_on_this_machine_alone(up: Up) -> None:
    status = up.status()

    assert {part["name"]: part["state"] for part in status["parts"]} == dict.fromkeys(PARTS, "well")
    with urllib.request.urlopen(f"{status['mlflow']}/health", timeout=10) as answer:
        assert answer.status == 200
    assert Path(status["password_file"]).stat().st_mode & 0o777 == 0o600
    assert up.process
    family = psutil.Process(up.process.pid).children(recursive=True)
    assert {address for address, _ in listening(family)} == {"127.0.0.1"}


def test_a_second_one_says_that_it_is_running(up: Up) -> None:
    done = up.project.headrace(*up.words)

    assert done.code == 0
    assert "running already" in done.out


@pytest.mark.parametrize("name", sorted(PARTS))
def test_a_part_that_is_killed_comes_back(up: Up, name: str) -> None:
    os.kill(up.part(name)["pid"], signal.SIGKILL)

    wait(90, lambda: up.part(name)["state"] == "well" and up.part(name)["starts"] == 2)
    assert f"{name} was ended by SIGKILL; it is started again" in up.output


def test_a_killed_supervisor_is_told_of_and_the_next_one_starts_anew(up: Up) -> None:
    assert up.process
    earlier = {part["pid"] for part in up.status()["parts"]}
    up.process.kill()
    up.process.wait()

    told = up.project.headrace("up", "--status")
    up.start()

    assert told.code == 1
    assert "was killed, and left these running" in told.out
    assert "ending what it left" in up.output
    assert not any(psutil.pid_exists(pid) for pid in earlier)


def test_ctrl_c_stops_all_of_it(up: Up) -> None:
    assert up.process
    family = psutil.Process(up.process.pid).children(recursive=True)

    up.process.send_signal(signal.SIGINT)

    assert up.process.wait(timeout=60) == 0
    assert not [member for member in family if member.is_running()]
    assert up.project.headrace("up", "--status").out.strip() == "headrace up is not running"
