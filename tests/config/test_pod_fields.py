"""Pods as people write them, and the client's own models: what is no field of theirs is in no table either."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from kubernetes import client  # type: ignore[import-untyped]

from headrace.config.pod_choices import CHOICES
from headrace.config.pod_fields import findings

OWNERS = {
    "spec": "V1PodSpec", "os": "V1PodOS", "tolerations": "V1Toleration", "containers": "V1Container",
    "matchExpressions": "V1NodeSelectorRequirement", "matchFields": "V1NodeSelectorRequirement",
    "topologySpreadConstraints": "V1TopologySpreadConstraint", "ports": "V1ContainerPort",
    "httpGet": "V1HTTPGetAction", "volumeMounts": "V1VolumeMount", "hostPath": "V1HostPathVolumeSource",
    "seccompProfile": "V1SeccompProfile", "appArmorProfile": "V1AppArmorProfile",
}  # fmt: skip


def told(text: str) -> list[tuple[str, str, str]]:
    return [(".".join(map(str, found.path)), found.message, found.remedy) for found in findings(yaml.safe_load(text))]


def stage(text: str) -> str:
    return "{spec: {containers: [{name: stage, " + text + "}]}}"


@pytest.mark.parametrize(
    "pod",
    [
        "{}",
        "{apiVersion: v1, kind: Pod, spec: {restartPolicy: Never}}",
        "{metadata: {labels: {team: a, other: null}, annotations: {a: any text, vault.io/role: x}}}",
        "{spec: {priorityClassName: batch, nodeSelector: {pool: gpu}, tolerations: [{operator: Exists}]}}",
        "{spec: {containers: [{name: proxy, image: proxy:1}], initContainers: [{name: wait, image: a, command: [b]}]}}",
        "{spec: {volumes: [{name: v, emptyDir: {sizeLimit: 1.5Gi, medium: Memory}}]}}",
        "{spec: {overhead: {cpu: 10m}, imagePullSecrets: [{name: a}], dnsPolicy: None}}",
        stage("resources: {limits: {cpu: 2, memory: 4Gi, nvidia.com/gpu: 1}, requests: null}"),
        stage("env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}, {name: PYTHONUTF8, value: '1'}]"),
        stage("volumeMounts: [{name: volume-0, mountPath: /x}], terminationMessagePolicy: null, ports: []"),
        "{spec: {volumes: [{name: v}], containers: [{name: stage, volumeMounts: [{name: v, mountPath: /x}]}]}}",
    ],
)
def test_pods_that_are_sound(pod: str) -> None:
    assert told(pod) == []


@pytest.mark.parametrize(
    ("pod", "path", "message", "remedy"),
    [
        ("{kind: Deployment}", "kind", "is Pod", "delete it"),
        ("{apiVersion: v2}", "apiVersion", "is v1", "delete it"),
        ("{priorityClassName: a}", "priorityClassName", "no field of a pod", "`spec`"),
        ("{metdata: {}}", "metdata", "no field of a pod", "metadata"),
        ("{metadata: {namespace: a}}", "metadata.namespace", "headrace's own", "`runtime.namespace`"),
        ("{metadata: {name: a}}", "metadata.name", "headrace's own", "task and run"),
        ("{spec: {restartPolicy: Always}}", "spec.restartPolicy", "is Never", "`runtime.retries`"),
        ("{spec: {serviceAccountName: a}}", "spec.serviceAccountName", "headrace's own", "`runtime.service_account`"),
        (stage("image: a"), "spec.containers.0.image", "headrace's own", "`runtime.image`"),
        (stage("command: [sh]"), "spec.containers.0.command", "headrace's own", "`runtime.python`"),
        (stage("args: [sh]"), "spec.containers.0.args", "headrace's own", "delete it"),
        (stage("workingDir: /"), "spec.containers.0.workingDir", "headrace's own", "`runtime.project`"),
        (stage("imagePullPolicy: Always"), "spec.containers.0.imagePullPolicy", "headrace's own", "`runtime.pull`"),
        (stage("env: [{name: HEADRACE_HOME}]"), "spec.containers.0.env.0.name", "HEADRACE_HOME", "`runtime.home`"),
        (stage("env: [{name: HEADRACE_X}]"), "spec.containers.0.env.0.name", "HEADRACE_X", "delete it"),
        (stage("env: [{name: LD_PRELOAD}]"), "spec.containers.0.env.0.name", "which code runs", "runtime.python"),
        (stage("env: [{name: A}, {name: A}]"), "spec.containers.0.env.1.name", "a second time", "once"),
        (stage("env: [{value: a}]"), "spec.containers.0.env.0", "has no name", "`name`"),
        (stage("env: [{name: A, value: '${secret:T}'}]"), "spec.containers.0.env.0.value", "secret T", "`runtime.env`"),
        (stage("resources: {limits: {cpu: two}}"), "spec.containers.0.resources.limits.cpu", "'two'", "500m"),
        (stage("resources: {limits: {cpu: -1}}"), "spec.containers.0.resources.limits.cpu", "-1", "500m"),
        (stage("resources: {requests: {a: true}}"), "spec.containers.0.resources.requests.a", "true", "500m"),
        (stage("ports: [{protocol: tcp}]"), "spec.containers.0.ports.0.protocol", "'tcp'", "did you mean TCP"),
        (stage("volumeMounts: [{name: x}]"), "spec.containers.0.volumeMounts.0.name", "no volume", "`volumes`"),
        ("{spec: {containers: [{name: stge}]}}", "spec.containers.0", "without an image", "did you mean `stage`"),
        ("{spec: {initContainers: [{name: w}]}}", "spec.initContainers.0", "without an image", "give it"),
        ("{spec: {initContainers: [{name: w, image: a, imagePullPolicy: always}]}}",
         "spec.initContainers.0.imagePullPolicy", "'always'", "did you mean Always"),
        ("{spec: {containers: [{name: a, image: b}, {name: a, image: b}]}}",
         "spec.containers.1.name", "second", "once"),
        ("{spec: {containers: [{name: a_b, image: b}]}}", "spec.containers.0.name", "'a_b'", "small letters"),
        ("{spec: {volumes: [{name: v, emptyDir: {sizeLimit: two}}]}}",
         "spec.volumes.0.emptyDir.sizeLimit", "'two'", "Gi"),
        ("{spec: {volumes: [{name: volume-0}]}}", "spec.volumes.0.name", "headrace's own volumes", "another name"),
        ("{spec: {volumes: [{name: V}]}}", "spec.volumes.0.name", "'V'", "small letters"),
        ("{spec: {tolerations: [{operator: Exist}]}}", "spec.tolerations.0.operator", "'Exist'", "Exists"),
        ("{spec: {tolerations: [{effect: NoScheduling}]}}", "spec.tolerations.0.effect", "'NoSch", "NoSchedule"),
        ("{metadata: {labels: {a b: c}}}", "metadata.labels.a b", "no key", "letters"),
        ("{metadata: {labels: {a: c d}}}", "metadata.labels.a", "'c d'", "annotations"),
        ("{metadata: {labels: {a: 1}}}", "metadata.labels.a", "is a text, not 1", "quotes"),
        ("{metadata: {labels: {headrace/call: a}}}", "metadata.labels.headrace/call", "sets itself", "another"),
        ("{metadata: {annotations: {a b: c}}}", "metadata.annotations.a b", "no key", "letters"),
        ("{spec: {nodeSelector: {a: c d}}}", "spec.nodeSelector.a", "'c d'", "label"),
        ("{spec: [a]}", "spec", "is a mapping of keys to values, not a list", "key: value"),
        ("{metadata: a}", "metadata", "is a mapping of keys to values, not 'a'", "key: value"),
        ("{metadata: null}", "metadata", "takes away what every pod needs", "delete the line"),
        ("{spec: null}", "spec", "takes away what every pod needs", "delete the line"),
        ("{spec: {containers: null}}", "spec.containers", "takes away what every pod needs", "delete the line"),
        ("{spec: {containers: {name: stage}}}", "spec.containers", "is a list, not a mapping", "`- `"),
        ("{spec: {containers: [stage]}}", "spec.containers.0", "is a mapping of keys to values, not 'stage'", "key"),
        ("{spec: {containers: [null]}}", "spec.containers.0", "is a mapping of keys to values, not null", "delete"),
        ("{spec: {containers: none}}", "spec.containers", "is a list, not 'none'", "`- `"),
        ("{spec: {tolerations: {a: b}}}", "spec.tolerations", "is a list, not a mapping", "`- `"),
    ],
)  # fmt: skip
def test_what_is_told(pod: str, path: str, message: str, remedy: str) -> None:
    (found,) = told(pod)

    assert found[0] == path
    assert message in found[1]
    assert remedy in found[2]


@pytest.mark.parametrize("field", CHOICES, ids=".".join)
def test_choices_are_fields_of_the_client(field: tuple[str, str]) -> None:
    owner, name = field
    models = ["V1SecurityContext", "V1PodSecurityContext"] if owner == "securityContext" else [OWNERS[owner]]

    fields = {known for model in models for known in getattr(client, model).attribute_map.values()}

    assert name in fields or field == ("containers", "restartPolicy")


@pytest.mark.parametrize("value", [1, "text", None, [], {}, [1], {"a": 1}, [None], {"name": 1}, [{"name": {}}], True])
@pytest.mark.parametrize(
    "path",
    [
        "metadata", "spec", "metadata.labels", "spec.containers", "spec.volumes", "spec.initContainers",
        "spec.tolerations", "spec.containers.0.env", "spec.containers.0.volumeMounts", "spec.containers.0.resources",
        "spec.containers.0.resources.limits", "spec.containers.0.name", "spec.containers.0.image", "spec.overhead",
    ],
)  # fmt: skip
def test_nothing_that_yaml_can_say_is_too_much(path: str, value: Any) -> None:
    pod: Any = value
    for name in reversed(path.split(".")):
        pod = [pod] if name == "0" else {name: pod}

    assert all(found.message and found.remedy for found in findings(pod))
