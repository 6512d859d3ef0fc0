"""Real stages through Airflow's own `dag.test()`, in each place where they may run.

Docker and the cluster are servers of the tests' own that start processes: no daemon and no cluster runs here.
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

pytestmark = pytest.mark.slow
DOCKER = "{type: docker, image: 'flights:1', fuse: auto, env: {TOKEN: 'x ${secret:API_TOKEN}'}}"
POD = (
    "{stages: {train: {type: kubernetes, image: 'flights:1', project: %s, home: %s, resources: {cpu: 2},"
    " env: {TOKEN: 'x ${secret:API_TOKEN}'}, secrets: {API_TOKEN: {name: api, key: token}},"
    " volumes: [{claim: state, path: %s}]}}}"
)
SEEDS = {"docked": 1, "podded": 2, "inside": 3, "grouped": 4}


@dataclass(frozen=True)
class Ran:
    project: Sandbox
    daemon: Daemon
    cluster: Cluster
    results: dict[str, RunSeen]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Ran]:
    project = churn_project(tmp_path_factory.mktemp("places") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    copy_database(migrated, project)
    runtimes = {
        "docked": DOCKER,
        "podded": POD % (project.root, project.home, project.home),
        "inside": "{type: in_process, fuse: true}",
        "grouped": "{fuse: [[gate, register, promote]]}",
    }
    for name, runtime in runtimes.items():
        project.write(f"conf/pipeline/{name}.yaml", f"{CHURN_PIPELINE}runtime: {runtime}\nseed: {SEEDS[name]}\n")
    with docker_daemon() as daemon, cluster() as k8s:
        k8s.secrets["api"] = {"token": "s3cret-of-the-cluster"}
        config = k8s.kubeconfig(project.home)
        environment = {"DOCKER_HOST": daemon.address, "KUBECONFIG": str(config), "API_TOKEN": "s3cret-value"}
        results = dags_test(project, *([name] for name in runtimes), **environment)
        yield Ran(project, daemon, k8s, results)


@pytest.mark.parametrize("name", SEEDS)
def test_the_run_ends_well_wherever_its_stages_run(ran: Ran, name: str) -> None:
    result = ran.results[name]

    assert result.code == 0, result.out
    assert set(result.states.values()) <= {"success", "skipped"}


def test_containers_are_given_what_is_declared_and_nothing_of_airflows(ran: Ran) -> None:
    assert [words[1:3] for words in (body["Cmd"] for body in ran.daemon.created)] == [
        ["docked", "ingest"],
        ["docked", "split"],
        ["docked", "train"],
        ["docked", "evaluate"],
    ]
    for body in ran.daemon.created:
        assert "TOKEN=x s3cret-value" in body["Env"]
        assert not any(entry.startswith(("AIRFLOW", "PATH=")) for entry in body["Env"])
        assert "s3cret" not in json.dumps([body["Cmd"], body["Entrypoint"], body["Labels"]])
    assert ran.daemon.boxes == {}


def test_only_the_stage_that_says_so_runs_in_a_pod(ran: Ran) -> None:
    (pod,) = ran.cluster.created

    assert pod["spec"]["containers"][0]["args"][:3] == ["stage", "podded", "train"]
    assert "s3cret" not in json.dumps(pod)
    assert ran.cluster.pods == {}
    (box,) = ran.cluster.boxes.values()
    assert box.environment["TOKEN"] == "x s3cret-of-the-cluster"
    assert box.environment["OMP_NUM_THREADS"] == "2"


def test_several_stages_in_one_task_each_tell_their_time(ran: Ran) -> None:
    out = ran.results["grouped"].out

    assert "gate_to_promote" in ran.results["grouped"].states
    assert "stages: gate " in log_of(ran, "grouped", "gate_to_promote") or "stages: gate " in out


def test_secrets_are_in_no_log(ran: Ran) -> None:
    for path in (ran.project.home / "airflow").rglob("*.log"):
        assert "s3cret" not in path.read_text(errors="replace"), path
    assert not any("s3cret" in result.out for result in ran.results.values())


def log_of(ran: Ran, pipeline: str, task: str) -> str:
    folder = ran.project.home / "airflow"
    paths = [path for path in folder.rglob("*.log") if pipeline in str(path) and task in str(path)]
    return "\n".join(path.read_text() for path in paths)
