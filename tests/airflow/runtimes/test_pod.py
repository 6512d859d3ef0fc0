"""A stage in a pod, against a cluster of the tests' own that starts processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cluster import Cluster, cluster
from headrace_airflow.runtimes.call import StageCall
from headrace_airflow.runtimes.output import Ended
from headrace_airflow.runtimes.pod import StagePod, pod_manifest
from headrace_airflow.spec.model import RuntimeSpec

CALL = StageCall(("stage", "flights", "train", "--run-id=$(id) $$"), "headrace-train-1", {"headrace/call": "abc"})


@pytest.fixture
def k8s() -> Iterator[Cluster]:
    with cluster() as found:
        yield found


def manifest(folder: Path, **variables: str) -> dict[str, Any]:
    env = [{"name": name, "value": value} for name, value in variables.items()]
    stage = {"name": "stage", "image": "flights:1", "workingDir": str(folder), "env": env}
    return {"metadata": {"namespace": "ml", "labels": {"team": "a"}}, "spec": {"containers": [stage]}}


class Lost(StagePod):
    """The pod of a try whose task was lost: nobody deletes what it left."""

    def stop(self) -> None:
        pass


def pod(
    k8s: Cluster,
    folder: Path,
    said: list[str],
    variables: Mapping[str, str],
    kind: type[StagePod] = StagePod,
    **runtime: Any,
) -> StagePod:
    from kubernetes.client import ApiClient, Configuration, CoreV1Api

    settings = Configuration(host=k8s.address)
    spec = RuntimeSpec(type="kubernetes", manifest=manifest(folder, **variables), **runtime)
    return kind(spec, CALL, said.append, {"TOLD": "$(id)"}, CoreV1Api(ApiClient(settings)))


def run(k8s: Cluster, folder: Path, runtime: Mapping[str, Any] = {}, **variables: str) -> tuple[Ended, list[str]]:
    said: list[str] = []
    return pod(k8s, folder, said, variables, **runtime).run(), said


@pytest.mark.usefixtures("image")
def test_output_and_document_come_back_and_the_pod_goes(k8s: Cluster, tmp_path: Path) -> None:
    ended, said = run(k8s, tmp_path, TOKEN="abc")

    assert ended.code == 0
    assert ended.document["argv"] == list(CALL.words)  # nothing on the way expands `$(id)`
    assert sorted(said) == ["to stderr", "token is abc"]
    assert k8s.deleted == ["headrace-train-1"]
    assert k8s.boxes["headrace-train-1"].environment["TOLD"] == "$(id)"
    (sent,) = k8s.created
    assert sent["metadata"]["labels"] == {"team": "a", "headrace/call": "abc"}


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize("code", [3, 65, 75])
def test_the_exit_code_is_the_stages(k8s: Cluster, tmp_path: Path, code: int) -> None:
    assert run(k8s, tmp_path, CODE=str(code))[0].code == code


@pytest.mark.usefixtures("image")
def test_each_line_comes_once_however_often_the_connection_breaks(k8s: Cluster, tmp_path: Path) -> None:
    k8s.lines_per_connection = 7

    ended, said = run(k8s, tmp_path, LINES="40")

    assert ended.code == 0
    assert [line for line in said if line.startswith("line")] == [f"line {number}" for number in range(40)]


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize(
    ("terminated", "status", "words"),
    [
        ({"reason": "OOMKilled", "exitCode": 137}, {}, "more memory"),
        ({"exitCode": 137}, {"reason": "Evicted", "message": "The node was low on memory."}, "Evicted: The node"),
        ({"exitCode": 143}, {"reason": "Preempting"}, "Preempting"),
    ],
)
def test_what_the_cluster_ended_was_killed(
    k8s: Cluster, tmp_path: Path, terminated: dict[str, Any], status: dict[str, Any], words: str
) -> None:
    k8s.terminated, k8s.status = terminated, status

    ended, said = run(k8s, tmp_path)

    assert ended.code == -9
    assert any(words in line for line in said)


@pytest.mark.usefixtures("image")
def test_a_command_that_the_image_lacks_is_no_reason_to_try_again(k8s: Cluster, tmp_path: Path) -> None:
    k8s.terminated = {"reason": "StartError", "exitCode": 128, "message": 'exec: "python": not found'}

    ended, _ = run(k8s, tmp_path)

    assert ended.code == 2
    assert "not found" in ended.diagnostics[0].message


@pytest.mark.usefixtures("image")
def test_a_pod_that_somebody_deletes_was_killed(k8s: Cluster, tmp_path: Path) -> None:
    ends: list[Ended] = []
    thread = threading.Thread(target=lambda: ends.append(run(k8s, tmp_path, SLEEPS="60")[0]))
    thread.start()
    while not k8s.boxes:
        time.sleep(0.02)
    k8s.pods.clear()
    k8s.boxes["headrace-train-1"].kill()
    thread.join(timeout=20)

    assert ends[0].code == -9


@pytest.mark.usefixtures("image")
def test_stopping_deletes_the_pod(k8s: Cluster, tmp_path: Path) -> None:
    stage = pod(k8s, tmp_path, [], {"SLEEPS": "60"})
    thread = threading.Thread(target=stage.run)
    thread.start()
    while not k8s.boxes:
        time.sleep(0.02)

    stage.stop()
    thread.join(timeout=20)

    assert not thread.is_alive()
    assert k8s.pods == {}


@pytest.mark.usefixtures("image")
def test_a_try_goes_on_with_the_pod_of_one_that_was_lost(k8s: Cluster, tmp_path: Path) -> None:
    lost = pod(k8s, tmp_path, [], {"SLEEPS": "2"}, Lost)
    threading.Thread(target=lost.run, daemon=True).start()
    while not k8s.boxes:
        time.sleep(0.02)

    ended, said = run(k8s, tmp_path, SLEEPS="2")

    assert ended.code == 0
    assert "to stderr" in said
    assert len(k8s.created) == 1


@pytest.mark.usefixtures("image")
def test_a_pod_of_another_call_makes_room(k8s: Cluster, tmp_path: Path) -> None:
    k8s.pods["headrace-train-1"] = {"metadata": {"name": "headrace-train-1", "labels": {"headrace/call": "other"}}}

    assert run(k8s, tmp_path)[0].code == 0
    assert k8s.deleted == ["headrace-train-1"] * 2


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (422, "Pod is invalid: spec.containers[0].image: Required value", 2),
        (403, "pods is forbidden: User cannot create resource pods", 2),
        (403, 'pods "x" is forbidden: exceeded quota: compute', 75),
        (500, "etcdserver: request timed out", 75),
        (429, "too many requests", 75),
    ],
)
def test_what_the_cluster_refuses(k8s: Cluster, tmp_path: Path, status: int, message: str, code: int) -> None:
    k8s.refusal = (status, message)

    ended, _ = run(k8s, tmp_path)

    assert ended.code == code
    assert message in ended.diagnostics[0].message


@pytest.mark.parametrize(
    ("waiting", "code"),
    [
        ({"reason": "InvalidImageName", "message": "couldn't parse image"}, 2),
        ({"reason": "ErrImagePull", "message": "manifest unknown"}, 2),
        ({"reason": "CreateContainerConfigError", "message": 'secret "api" not found'}, 2),
        ({"reason": "ImagePullBackOff", "message": "Back-off pulling image: 503 service unavailable"}, 75),
        ({"reason": "ContainerCreating"}, 75),
    ],
)
def test_a_pod_that_does_not_start(k8s: Cluster, tmp_path: Path, waiting: dict[str, str], code: int) -> None:
    k8s.waiting = waiting

    ended, _ = run(k8s, tmp_path, {"start_timeout": 1.5})

    assert ended.code == code
    assert waiting["reason"] in ended.diagnostics[0].message
    assert k8s.pods == {}


def test_a_cluster_that_is_away_may_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    ended, _ = run(Cluster("http://127.0.0.1:1"), tmp_path)

    assert ended.code == 75


def test_a_manifest_is_not_shared_between_tries(tmp_path: Path) -> None:
    runtime = RuntimeSpec(type="kubernetes", manifest=manifest(tmp_path), python="/opt/bin/python3")

    made = pod_manifest(runtime, CALL)

    assert made["spec"]["containers"][0]["command"] == ["/opt/bin/python3", "-m", "headrace"]
    assert made["spec"]["containers"][0]["args"][-1] == "--run-id=$$(id) $$$$"
    assert "command" not in runtime.manifest["spec"]["containers"][0]
