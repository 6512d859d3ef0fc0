"""Pods: every feature as Kubernetes gets it (`golden_pods/FEATURE.yaml` -> `FEATURE.json`), held against its client.

To write what is meant anew: UPDATE_GOLDEN=1 pytest tests/airflow/spec/test_pod.py
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster import expanded
from headrace.errors import ConfigError, Place
from headrace_airflow.runtimes.call import StageCall
from headrace_airflow.runtimes.pod import pod_manifest
from headrace_airflow.runtimes.pod_check import manifest_problems, pod_problems
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import RuntimeSpec
from plans import plan_of

FOLDER = Path(__file__).parent / "golden_pods"
FEATURES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
BASE = {
    "type": "kubernetes",
    "image": "flights:1",
    "project": "/app",
    "home": "/state",
    "volumes": [{"claim": "state", "path": "/state"}],
}
CALL = StageCall(("stage", "flights", "train", "--plan", "abc"), "headrace-train-0", {"headrace/pipeline": "flights"})


def runtime(**written: Any) -> RuntimeSpec:
    plan = plan_of(runtime={**BASE, **written})
    return next(task.runtime for task in dag_spec(plan).tasks if task.task_id == "train")


def variables(spec: RuntimeSpec) -> dict[str, Any]:
    entries = spec.manifest["spec"]["containers"][0]["env"]
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in entries}


@pytest.mark.parametrize("feature", FEATURES)
def test_the_pod_is_as_it_was_reviewed_and_kubernetes_takes_it(feature: str) -> None:
    written = yaml.safe_load((FOLDER / f"{feature}.yaml").read_text())
    found = pod_manifest(runtime(**written), CALL)
    text = json.dumps(found, indent=1) + "\n"
    golden = FOLDER / f"{feature}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)

    assert manifest_problems(found) == []
    assert text == golden.read_text(), f"if this change is meant, write {golden.name} with UPDATE_GOLDEN=1"


def test_only_one_stage_may_run_in_a_pod() -> None:
    stages = {"train": BASE, "evaluate": {"type": "docker", "image": "scoring:2", "resources": {"memory": "1Gi"}}}
    plan = plan_of(runtime={"python": "envs/gpu/bin/python", "stages": stages})

    found = {task.task_id: task.runtime for task in dag_spec(plan).tasks}

    assert {name for name, spec in found.items() if spec.type != "process"} == {"train", "evaluate"}
    assert found["split"].python == "envs/gpu/bin/python"
    assert found["train"].python is None  # an interpreter of this machine is none of the image
    assert found["evaluate"].manifest["HostConfig"]["Memory"] == 2**30
    assert found["train"].manifest["spec"]["containers"][0]["image"] == "flights:1"


@pytest.mark.parametrize(
    "value", ["$(id)", "$HOME", "$$(X)", "a$", "{{ var.value.x }}", "Bearer ${secret:TOKEN} $(TOKEN) $", "run.sh"]
)
def test_values_arrive_as_they_were_written(value: str) -> None:
    found = variables(runtime(env={"VALUE": value}, secrets={"TOKEN": {"name": "api", "key": "token"}}))

    arrived = expanded(found["VALUE"], {"TOKEN": "wrong", "SECRET_PART_TOKEN": "s3cret"})

    assert arrived == value.replace("${secret:TOKEN}", "s3cret")


def test_secrets_are_the_clusters() -> None:
    found = variables(
        runtime(
            env={"ALIAS": "${secret:TOKEN}", "TOKEN": "Bearer ${secret:TOKEN}"},
            secrets={"TOKEN": {"name": "api", "key": "token"}, "OTHER": {"name": "x", "key": "y"}},
        )
    )

    kept = {"secretKeyRef": {"name": "api", "key": "token"}}
    assert found["ALIAS"] == found["SECRET_PART_TOKEN"] == kept
    assert found["TOKEN"] == "Bearer $(SECRET_PART_TOKEN)"
    assert found["OTHER"] == {"secretKeyRef": {"name": "x", "key": "y"}}


def test_a_secret_that_stages_look_up_needs_its_place() -> None:
    plan = plan_of(runtime=BASE, tracking={"uri": "https://mlflow:${secret:MLFLOW}@mlflow.example.com"})

    with pytest.raises(ConfigError, match="look up the secret MLFLOW"):
        dag_spec(plan)


def test_threads_are_as_many_as_processors_unless_written() -> None:
    assert variables(runtime(resources={"cpu": 2.5}))["OMP_NUM_THREADS"] == "3"
    assert variables(runtime(resources={"cpu": 2}, env={"OMP_NUM_THREADS": "8"}))["OMP_NUM_THREADS"] == "8"


def test_mounts_are_told_apart_by_their_path() -> None:
    """Two of one volume are two, and one at a path of headrace's own is that one."""
    mounts = [
        {"name": "volume-0", "mountPath": "/state", "subPath": "flights"},
        {"name": "scratch", "mountPath": "/tmp"},
        {"name": "scratch", "mountPath": "/var/tmp"},
    ]
    pod = {"spec": {"containers": [{"name": "stage", "volumeMounts": mounts}]}}

    assert runtime(pod=pod).manifest["spec"]["containers"][0]["volumeMounts"] == mounts


@pytest.mark.parametrize(
    ("pod", "words"),
    [
        ({"spec": {"priorityClas": "batch"}}, "`runtime.pod.spec.priorityClas` is no field"),
        ({"spec": {"hostNetwork": "yes"}}, "`runtime.pod.spec.hostNetwork` is true or false"),
        ({"spec": {"affinity": []}}, "`runtime.pod.spec.affinity` is a mapping"),
        ({"spec": {"hostAliases": "none"}}, "`runtime.pod.spec.hostAliases` is a list"),
        (
            {"spec": {"volumes": [{"name": "a", "csi": {"driver": "d", "volumeAttributes": "x"}}]}},
            "`runtime.pod.spec.volumes.0.csi.volumeAttributes` is a mapping",
        ),
        ({"spec": {"volumes": [{"name": "a", "hostPath": {}}]}}, "`runtime.pod.spec.volumes.0.hostPath` lacks `path`"),
        ({"metadata": {"labels": {"a": 1}}}, "`runtime.pod.metadata.labels.a` is a text"),
        (
            {"spec": {"containers": [{"name": "side", "image": "a"}, {"name": "stage", "tty": 1}]}},
            "`runtime.pod.spec.containers.1.tty` is true or false",
        ),
    ],
)
def test_what_kubernetes_would_refuse_is_said_before(pod: dict[str, Any], words: str) -> None:
    plan = plan_of(runtime={**BASE, "pod": pod})

    (problem,) = pod_problems(dag_spec(plan), plan)

    assert problem.code == "HR396"
    assert words in problem.message


def test_amounts_may_be_numbers() -> None:
    """Kubernetes' users write `cpu: 2`, and the API takes it; the client's models say text."""
    limits = {"resources": {"limits": {"cpu": 2, "memory": "4Gi"}}}
    plan = plan_of(runtime={**BASE, "pod": {"spec": {"containers": [{"name": "stage", **limits}]}}})

    assert list(pod_problems(dag_spec(plan), plan)) == []


def test_a_refusal_is_told_where_its_key_is_written() -> None:
    """Not where an option file says that there is no `pod`; of a stage's exception with its name."""
    exception = {"pod": {"spec": {"containers": [{"name": "stage", "prots": []}]}}}
    runtime = {**BASE, "pod": {"spec": {"priorityClass": "batch"}}, "stages": {"train": exception}}
    plan = plan_of(runtime=runtime)
    places = {
        "runtime.pod": Place("conf/runtime/kubernetes.yaml", 22, 1),
        "runtime.pod.spec.priorityClass": Place("conf/pipeline/flights.yaml", 9, 20),
        "runtime.stages.train.pod.spec.containers.0.prots": Place("conf/pipeline/flights.yaml", 12, 7),
    }

    found = list(pod_problems(dag_spec(plan), replace(plan, places=places)))

    assert [(problem.message.split()[0], problem.place) for problem in found] == [
        ("`runtime.pod.spec.priorityClass`", places["runtime.pod.spec.priorityClass"]),
        (
            "`runtime.stages.train.pod.spec.containers.0.prots`",
            places["runtime.stages.train.pod.spec.containers.0.prots"],
        ),
    ]
    assert found[0].remedy.startswith("did you mean priorityClassName?")
