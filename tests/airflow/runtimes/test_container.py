"""A stage in a container, against a daemon of the tests' own that starts processes."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from docker_daemon import Daemon, docker_daemon
from headrace.project import Project
from headrace_airflow.runtimes.call import StageCall
from headrace_airflow.runtimes.container import StageContainer, container_body
from headrace_airflow.runtimes.output import Ended
from headrace_airflow.spec.model import RuntimeSpec

MANIFEST = {"Image": "flights:1", "Labels": {"team": "delays"}, "HostConfig": {"Mounts": [], "Init": True}}


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    with docker_daemon() as found:
        monkeypatch.setenv("DOCKER_HOST", found.address)
        yield found


def call(*words: str, run: str = "1") -> StageCall:
    return StageCall(words or ("stage", "flights", "train"), f"headrace-train-{run}", {"headrace/call": "abc"})


def container(root: Path, said: list[str], variables: Mapping[str, str] = {}, **runtime: Any) -> StageContainer:
    spec = RuntimeSpec(type="docker", manifest=runtime.pop("manifest", MANIFEST), **runtime)
    return StageContainer(spec, call(), Project(root, root / ".headrace"), variables, ("s3cret",), said.append)


def run(root: Path, variables: Mapping[str, str] = {}, **runtime: Any) -> tuple[Ended, list[str]]:
    said: list[str] = []
    return container(root, said, variables, **runtime).run(), said


@pytest.mark.usefixtures("image")
def test_output_and_document_come_back_and_the_container_goes(daemon: Daemon, tmp_path: Path) -> None:
    ended, said = run(tmp_path, {"TOKEN": "s3cret", "ODD": "{{ x }} $(id) 'a' \n b"})

    assert ended.code == 0
    assert ended.document["argv"] == ["stage", "flights", "train"]
    assert ended.document["odd"] == "{{ x }} $(id) 'a' \n b"
    assert sorted(said) == ["to stderr", "token is ***"]
    assert daemon.removed == ["headrace-train-1"]


@pytest.mark.usefixtures("daemon", "image")
@pytest.mark.parametrize("code", [3, 65, 75])
def test_the_exit_code_is_the_stages(tmp_path: Path, code: int) -> None:
    assert run(tmp_path, {"CODE": str(code)})[0].code == code


@pytest.mark.usefixtures("image")
def test_a_container_that_wanted_too_much_memory_was_killed(daemon: Daemon, tmp_path: Path) -> None:
    daemon.out_of_memory = True

    assert run(tmp_path, {"CODE": "1"})[0].code == -9


@pytest.mark.usefixtures("image")
def test_stopping_ends_the_container(daemon: Daemon, tmp_path: Path) -> None:
    stage = container(tmp_path, [], {"SLEEPS": "60"})
    ends: list[Ended] = []
    thread = threading.Thread(target=lambda: ends.append(stage.run()))
    thread.start()
    while not daemon.boxes:
        time.sleep(0.02)
    time.sleep(0.3)

    stage.stop()
    thread.join(timeout=10)

    assert not thread.is_alive()
    assert daemon.boxes == {}


@pytest.mark.usefixtures("image")
def test_a_try_goes_on_with_the_container_of_one_that_was_lost(daemon: Daemon, tmp_path: Path) -> None:
    lost = container(tmp_path, [], {"SLEEPS": "2"})
    threading.Thread(target=lost.run, daemon=True).start()
    while not any(box._process for box in daemon.boxes.values()):
        time.sleep(0.02)

    ended, said = run(tmp_path, {"SLEEPS": "2"})

    assert ended.code == 0
    assert ended.document["stage"] == "train"
    assert "to stderr" in said
    assert len(daemon.created) == 1


def test_an_image_that_is_nowhere_is_no_reason_to_try_again(daemon: Daemon, tmp_path: Path) -> None:
    ended, _ = run(tmp_path, manifest={**MANIFEST, "Image": "flights:2"})

    assert ended.code == 2
    assert "flights:2" in ended.diagnostics[0].message
    assert daemon.created == []


@pytest.mark.usefixtures("image")
def test_an_image_is_fetched_where_it_is_not_here(daemon: Daemon, tmp_path: Path) -> None:
    daemon.registry.add("flights:2")

    assert run(tmp_path, manifest={**MANIFEST, "Image": "flights:2"})[0].code == 0
    assert run(tmp_path, manifest={**MANIFEST, "Image": "flights:3"}, pull="Never")[0].code == 2


def test_a_daemon_that_is_away_may_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    ended, _ = run(tmp_path)

    assert ended.code == 75
    assert "cannot be reached" in ended.diagnostics[0].message


def test_this_machines_project_is_mounted_unless_the_image_has_its_own(tmp_path: Path) -> None:
    project = Project(tmp_path, tmp_path / ".headrace")
    body = container_body(RuntimeSpec(type="docker", manifest=MANIFEST), call(), project, {})

    assert [(mount["Source"], mount["ReadOnly"]) for mount in body["HostConfig"]["Mounts"]] == [
        (str(tmp_path), True),
        (str(tmp_path / ".headrace"), False),
    ]
    assert body["User"] == f"{os.getuid()}:{os.getgid()}"
    assert f"HEADRACE_HOME={tmp_path}/.headrace" in body["Env"]

    inside = RuntimeSpec(type="docker", manifest=MANIFEST, project="/app", home="/state")
    body = container_body(inside, call(), project, {})

    assert body["HostConfig"]["Mounts"] == []
    assert "User" not in body
    assert {"HEADRACE_PROJECT=/app", "HEADRACE_HOME=/state"} <= set(body["Env"])
    assert str(tmp_path) not in json.dumps(body)
