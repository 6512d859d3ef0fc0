"""Containers and pods through Airflow's own `dag.test()`: what their ends mean, and what they are given.

The stages are scripted; Docker and the cluster are servers of the tests' own, for none run here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from airflow_runs import RunSeen, copy_database, dags_test
from cluster import Cluster, cluster
from docker_daemon import Daemon, docker_daemon
from projects import CHURN_PIPELINE, Sandbox, churn_project
from scripted_stages import ScriptedStages

POD = (
    "type: kubernetes, image: 'flights:1', project: %(root)s, home: %(home)s, python: %(root)s/bin/python,"
    " env: {TOKEN: 'x ${secret:API_TOKEN}'}, secrets: {API_TOKEN: {name: api, key: token}},"
    " resources: {cpu: 2}, volumes: [{claim: state, path: %(home)s}]"
)
RUNTIMES = {
    "docked": "{type: docker, image: 'flights:1', python: %(root)s/bin/python, fuse: auto, retry_delay: 1s,"
    " env: {TOKEN: 'x ${secret:API_TOKEN}', ODD: '{{ 7 * 7 }} $(id)'}}",
    "podded": "{python: bin/python, retry_delay: 1s, stages: {train: {" + POD + "}}}",
}
GATES = [{"passed": False, "reason": "too bad"}]
SCRIPT = {
    "docked": {
        "train": [{"exit": 75, "document": {"stage": "train", "diagnostics": []}}, {}],
        "evaluate": [{"exit": 3, "document": {"stage": "gate", "status": "refused", "gates": GATES}}],
    },
    "podded": {"train": [{"exit": 65, "document": {"stage": "train", "diagnostics": []}}]},
}


@dataclass(frozen=True)
class Ran:
    stages: ScriptedStages
    daemon: Daemon
    cluster: Cluster
    results: dict[str, RunSeen]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Ran]:
    project: Sandbox = churn_project(tmp_path_factory.mktemp("places") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    copy_database(migrated, project)
    stages = ScriptedStages.install(project, SCRIPT)
    for name, runtime in RUNTIMES.items():
        text = runtime % {"root": project.root, "home": project.home}
        project.write(f"conf/pipeline/{name}.yaml", f"{CHURN_PIPELINE}runtime: {text}\n")
    with docker_daemon() as daemon, cluster() as k8s:
        k8s.secrets["api"] = {"token": "s3cret-of-the-cluster"}
        config = k8s.kubeconfig(project.home)
        environment = {"DOCKER_HOST": daemon.address, "KUBECONFIG": str(config), "API_TOKEN": "s3cret-value"}
        results = dags_test(project, *([name] for name in RUNTIMES), **environment)
        yield Ran(stages, daemon, k8s, results)


def test_a_container_is_tried_again_and_a_refusal_is_green(ran: Ran) -> None:
    result = ran.results["docked"]

    assert result.code == 0, result.out
    assert result.tries["train"] == 2
    assert result.states["evaluate_to_track"] == "success"
    assert ran.daemon.boxes == {}


def test_containers_are_given_what_is_declared_and_nothing_of_airflows(ran: Ran) -> None:
    first = ran.daemon.created[0]

    assert first["Cmd"][:4] == ["stage", "docked", "ingest", "--plan"]
    assert {"TOKEN=x s3cret-value", "ODD={{ 7 * 7 }} $(id)", "API_TOKEN=s3cret-value"} <= set(first["Env"])
    assert not any(entry.startswith(("AIRFLOW", "PATH=")) for entry in first["Env"])
    assert "s3cret" not in json.dumps([first["Cmd"], first["Entrypoint"], first["Labels"]])
    assert ran.stages.calls("docked", "ingest")[0]["env"]["ODD"] == "{{ 7 * 7 }} $(id)"


def test_only_the_stage_that_says_so_runs_in_a_pod_and_wrong_data_are_not_tried_again(ran: Ran) -> None:
    result = ran.results["podded"]

    assert result.code == 1
    assert result.tries["train"] == 1
    assert result.states["split"] == "success"
    (pod,) = ran.cluster.created
    assert pod["spec"]["containers"][0]["args"][:3] == ["stage", "podded", "train"]
    assert "s3cret" not in json.dumps(pod)
    (call,) = ran.stages.calls("podded", "train")
    assert call["env"]["TOKEN"] == "x s3cret-of-the-cluster"
    assert call["env"]["OMP_NUM_THREADS"] == "2"
    assert ran.cluster.pods == {}


def test_secrets_are_not_said(ran: Ran) -> None:
    assert not any("s3cret" in result.out for result in ran.results.values())
