"""Placement -> a pod, as Kubernetes takes it, without its name and command, which only its start knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headrace.config.pod_fields import STAGE
from headrace.config.schema.placement import Placement
from headrace.config.schema.volume import Resources, SecretKey, Volume
from headrace.errors import ConfigError
from headrace.plan.model import Plan
from headrace.plan.pod_secrets import without_place

#: Before the names of variables that others are made of.
_PART = "SECRET_PART_"
#: Lists whose entries may share a name.
_TOLD_APART_BY = {"volumeMounts": "mountPath", "volumeDevices": "devicePath"}
_REFERENCE = re.compile(r"\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}")


def pod(plan: Plan, placement: Placement, environment: Mapping[str, str], used: Sequence[str]) -> dict[str, Any]:
    """The manifest. ConfigError where a secret that the stages look up has no place in the cluster."""
    missing = [name for name in used if name not in placement.secrets]
    if missing:
        raise ConfigError(without_place(plan, name) for name in missing)
    made = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _filled(
            namespace=placement.namespace, labels=dict(placement.labels), annotations=dict(placement.annotations)
        ),
        "spec": _spec(placement, environment),
    }
    merged: dict[str, Any] = _merged(made, placement.pod)
    merged["spec"]["restartPolicy"] = "Never"
    return merged


def literal(text: str) -> str:
    """The text as it must be written for Kubernetes to pass it on: it expands `$(NAME)` in commands and variables."""
    return text.replace("$", "$$")


def _spec(placement: Placement, environment: Mapping[str, str]) -> dict[str, Any]:
    return _filled(
        serviceAccountName=placement.service_account,
        nodeSelector=dict(placement.node_selector),
        tolerations=[taint.model_dump(exclude_none=True) for taint in placement.tolerations],
        imagePullSecrets=[{"name": name} for name in placement.pull_secrets],
        securityContext=_user(placement.user),
        volumes=[{"name": _volume_name(index), **_source(v)} for index, v in enumerate(placement.volumes)],
        containers=[_container(placement, environment)],
    )


def _container(placement: Placement, environment: Mapping[str, str]) -> dict[str, Any]:
    return _filled(
        name=STAGE,
        image=placement.image,
        imagePullPolicy=placement.pull,
        workingDir=placement.project,
        env=list(_variables(placement, environment)),
        resources=_resources(placement.resources),
        volumeMounts=[_mounted(_volume_name(index), volume) for index, volume in enumerate(placement.volumes)],
        terminationMessagePolicy="FallbackToLogsOnError",
    )


def _variables(placement: Placement, environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What only parts of a value are made of comes first: Kubernetes fills in variables that stand above."""
    parts = dict.fromkeys(n for value in environment.values() if not _whole(value) for n in _REFERENCE.findall(value))
    for name in parts:
        yield _from_cluster(_PART + name, placement.secrets[name])
    for name, secret in placement.secrets.items():
        if name not in environment:
            yield _from_cluster(name, secret)
    for name, value in environment.items():
        if whole := _whole(value):
            yield _from_cluster(name, placement.secrets[whole])
        else:
            yield {"name": name, "value": _with_references(value)}
    yield {"name": "HEADRACE_PROJECT", "value": literal(placement.project or "")}
    yield {"name": "HEADRACE_HOME", "value": literal(placement.home or "")}
    yield {"name": "PYTHONUNBUFFERED", "value": "1"}


def _whole(value: str) -> str:
    """The secret that is the whole value; empty if it is none, or more."""
    found = _REFERENCE.fullmatch(value)
    return found[1] if found else ""


def _with_references(value: str) -> str:
    """Text between references as it is, and the references in Kubernetes' own form."""
    parts = _REFERENCE.split(value)
    return "".join(f"$({_PART}{part})" if index % 2 else literal(part) for index, part in enumerate(parts))


def _from_cluster(name: str, secret: SecretKey) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret.name, "key": secret.key}}}


def _resources(resources: Resources) -> dict[str, Any]:
    amounts: dict[str, str] = {}
    if resources.cpu is not None:
        amounts["cpu"] = f"{round(resources.cpu * 1000)}m"
    if resources.memory is not None:
        amounts["memory"] = resources.memory
    if resources.gpu is not None:
        amounts["nvidia.com/gpu"] = str(resources.gpu)
    return {"requests": dict(amounts), "limits": dict(amounts)} if amounts else {}


def _user(user: str | None) -> dict[str, int]:
    if user is None:
        return {}
    number, _, group = user.partition(":")
    shared = int(group or number)
    return {"runAsUser": int(number), "runAsGroup": shared, "fsGroup": shared}


def _volume_name(index: int) -> str:
    return f"volume-{index}"


def _source(volume: Volume) -> dict[str, Any]:
    if volume.claim is not None:
        return {"persistentVolumeClaim": {"claimName": volume.claim}}
    if volume.host is not None:
        return {"hostPath": {"path": volume.host}}
    if volume.secret is not None:
        return {"secret": {"secretName": volume.secret}}
    if volume.config_map is not None:
        return {"configMap": {"name": volume.config_map}}
    return {"emptyDir": {"medium": "Memory", "sizeLimit": volume.memory}}


def _mounted(name: str, volume: Volume) -> dict[str, Any]:
    return _filled(name=name, mountPath=volume.path, subPath=volume.folder, readOnly=volume.read_only or None)


def _filled(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, {}, [])}


def _merged(made: Any, written: Any, by: str = "name") -> Any:
    """What is written over what was made: mappings by key, lists of named things by name; null takes a key away."""
    if isinstance(made, Mapping) and isinstance(written, Mapping):
        found = {
            key: _merged(made.get(key), value, _TOLD_APART_BY.get(key, "name"))
            for key, value in written.items()
            if value is not None
        }
        return {**{key: value for key, value in made.items() if key not in written}, **found}
    if isinstance(made, list) and isinstance(written, list) and _have(by, [*made, *written]):
        over = {item[by]: item for item in written}
        kept = [_merged(item, over[item[by]]) if item[by] in over else item for item in made]
        return [*kept, *(item for name, item in over.items() if name not in {item[by] for item in made})]
    return written


def _have(key: str, items: Sequence[Any]) -> bool:
    return all(isinstance(item, Mapping) and isinstance(item.get(key), str) for item in items)
