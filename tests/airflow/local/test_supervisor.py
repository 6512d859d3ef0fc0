"""Processes that are kept running: small ones stand for Airflow's."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from headrace.errors import ServiceError
from headrace_airflow.local.parts import Part
from headrace_airflow.local.supervisor import Supervisor, end_all

STAYS = "import time; time.sleep(60)"
WITH_CHILD = """\
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""
ENDS = "print('no database'); raise SystemExit(3)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.changes = 0
        self.supervisors: list[Supervisor] = []

    def supervise(self, **parts: str) -> Supervisor:
        made = [
            Part(name, (sys.executable, "-c", code), self.folder / f"{name}.log", dict(os.environ))
            for name, code in parts.items()
        ]
        supervisor = Supervisor(made, self.said.append, self._changed)
        self.supervisors.append(supervisor)
        supervisor.start()
        return supervisor

    def _changed(self) -> None:
        self.changes += 1


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    for supervisor in scene.supervisors:
        supervisor.stop()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def call_for_a_while(action: Callable[[], None]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        action()
        time.sleep(0.02)


def test_a_part_that_is_killed_is_started_again_and_said_so(scene: Scene) -> None:
    supervisor = scene.supervise(scheduler=STAYS, server=STAYS)
    before = {part.name: part for part in supervisor.known()}

    os.kill(before["scheduler"].pid, signal.SIGKILL)
    wait_until(lambda: not before["scheduler"].is_alive())
    supervisor.mend()

    after = {part.name: part for part in supervisor.known()}
    assert after["scheduler"].pid != before["scheduler"].pid
    assert after["scheduler"].starts == 2
    assert after["server"] == before["server"]
    assert scene.said == ["scheduler was ended by SIGKILL; it is started again"]
    assert scene.changes == 2


def test_what_a_killed_part_had_started_does_not_work_on_beside_its_successor(scene: Scene) -> None:
    supervisor = scene.supervise(scheduler=WITH_CHILD)
    (part,) = supervisor.known()
    wait_until(lambda: psutil.Process(part.pid).children())
    (child,) = psutil.Process(part.pid).children()

    os.kill(part.pid, signal.SIGKILL)
    wait_until(lambda: not part.is_alive())
    supervisor.mend()

    gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone == [child]


def test_a_part_that_ends_while_starting_is_an_error_with_the_end_of_its_log(scene: Scene) -> None:
    supervisor = scene.supervise(scheduler=ENDS)

    with pytest.raises(ServiceError, match=r"(?s)scheduler ended with exit code 3.*no database"):
        call_for_a_while(supervisor.require_alive)


def test_a_part_that_ends_again_and_again_is_given_up(scene: Scene) -> None:
    supervisor = scene.supervise(scheduler=ENDS)

    with pytest.raises(ServiceError, match="5 times"):
        call_for_a_while(supervisor.mend)
    assert len(scene.said) == 4


def test_whoever_does_not_listen_is_killed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace_airflow.local.supervisor.GRACE", 0.5)
    supervisor = scene.supervise(server=DEAF)
    (part,) = supervisor.known()
    wait_until(lambda: "ready" in (scene.folder / "server.log").read_text())

    end_all([part.pid])

    assert not part.is_alive()


def test_who_does_not_want_to_wait_need_not(scene: Scene) -> None:
    supervisor = scene.supervise(server=DEAF)
    (part,) = supervisor.known()
    wait_until(lambda: "ready" in (scene.folder / "server.log").read_text())
    began = time.monotonic()

    supervisor.stop(grace=0)

    assert not part.is_alive()
    assert time.monotonic() - began < 10


def test_logs_are_for_one_user_alone(scene: Scene) -> None:
    scene.supervise(server=STAYS)

    assert (scene.folder / "server.log").stat().st_mode & 0o777 == 0o600
