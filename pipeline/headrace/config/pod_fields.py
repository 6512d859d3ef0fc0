"""What can be told of a pod as it is written in `runtime.pod`, without Kubernetes' client.

Which fields there are, and of which types, only the client knows: `headrace dags check` asks it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from headrace import secrets
from headrace.config import labels
from headrace.config.nearest import nearest, suggestion
from headrace.config.pod_choices import CHOICES
from headrace.config.quantity import quantity
from headrace.config.safety.environment import refused_variable

#: The container that runs the stages.
STAGE = "stage"
_Path = tuple[str | int, ...]
#: Fields that headrace writes, by their path in a pod, and what to write instead.
_OWN: Mapping[_Path, str] = {
    ("status",): "delete it: the cluster writes it",
    ("metadata", "name"): "delete it: a pod is named after its task and run",
    ("metadata", "generateName"): "delete it: a pod is named after its task and run",
    ("metadata", "namespace"): "write `runtime.namespace`",
    ("spec", "serviceAccountName"): "write `runtime.service_account`",
    ("spec", "serviceAccount"): "write `runtime.service_account`",
}
#: Fields of the stage's container, alike.
_OWN_OF_STAGE = {
    "image": "write `runtime.image`",
    "imagePullPolicy": "write `runtime.pull`",
    "command": "delete it: the command is headrace's, and its interpreter `runtime.python`",
    "args": "delete it: the task says which stages run",
    "workingDir": "write `runtime.project`",
}
#: Fields that may say what is so in any case.
_FIXED: Mapping[_Path, tuple[str, str]] = {
    ("apiVersion",): ("v1", "delete it"),
    ("kind",): ("Pod", "delete it: stages run in pods of their own"),
    ("spec", "restartPolicy"): ("Never", "delete it: `runtime.retries` says how often a stage is tried again"),
}
_OWN_VARIABLES = {"HEADRACE_HOME": "write `runtime.home`", "HEADRACE_PROJECT": "write `runtime.project`"}
_NEEDED: tuple[_Path, ...] = (("metadata",), ("spec",), ("spec", "containers"))
#: Mappings whose keys are anybody's, and say nothing of the shape of their values.
_FREE = frozenset({"labels", "annotations", "nodeSelector", "limits", "requests"})
_MAPPINGS = _FREE | {"metadata", "spec", "resources"}
_LISTS = frozenset(
    {"containers", "initContainers", "volumes", "env", "volumeMounts", "tolerations", "imagePullSecrets"}
)
_DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_OWN_VOLUME = re.compile(r"volume-\d+")


class Finding(NamedTuple):
    """Something that is wrong with a pod."""

    path: _Path
    """Where it is, within the pod."""
    message: str
    """What is wrong, after the path."""
    remedy: str
    of_key: bool = False
    """It is the key that is wrong, and not its value."""
    code: str = "HR396"


def findings(pod: Mapping[str, Any]) -> Iterator[Finding]:
    """Everything that is wrong with it, in the order in which it is written; of what has no right shape only that."""
    for name in pod:
        if name not in {"apiVersion", "kind", "metadata", "spec", "status"}:
            where = suggestion(name, ["metadata", "spec"], list_them=False) or "what a pod has stands under `spec`"
            yield Finding((name,), "is no field of a pod", where, of_key=True)
    misshapen = list(_misshapen(pod, ()))
    yield from misshapen
    if misshapen:
        return
    for path, value in _values(pod, ()):
        yield from _at(path, value)
    spec = pod.get("spec") or {}
    yield from _containers(spec)
    yield from _volumes(spec)


def _misshapen(value: Any, path: _Path) -> Iterator[Finding]:
    """Lists and mappings that are something else."""
    name = path[-1] if path else ""
    is_entry = isinstance(name, int) and path[-2] in _LISTS
    if value is None and (path in _NEEDED or is_entry):
        message = "is a mapping of keys to values, not null" if is_entry else "takes away what every pod needs"
        yield Finding(path, message, "delete the line")
    elif value is not None and (is_entry or name in _MAPPINGS) and not isinstance(value, Mapping):
        yield Finding(path, f"is a mapping of keys to values, not {_described(value)}", "write `key: value` pairs")
    elif value is not None and name in _LISTS and not isinstance(value, list):
        yield Finding(path, f"is a list, not {_described(value)}", "begin each entry on a line with `- `")
    elif name not in _FREE:
        for key, item in _items(value):
            yield from _misshapen(item, (*path, key))


def _described(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    return repr(value) if isinstance(value, str) else json.dumps(value, default=str)


def _at(path: _Path, value: Any) -> Iterator[Finding]:
    """What is wrong with one field."""
    if path in _OWN:
        yield Finding(path, "is headrace's own", _OWN[path], of_key=True)
    elif path in _FIXED and value != _FIXED[path][0]:
        yield Finding(path, f"is {_FIXED[path][0]}, whatever is written", _FIXED[path][1], of_key=True)
    elif isinstance(value, str) and (named := secrets.names(value)):
        message = f"is written into the pod as it is: nothing looks up the secret {named[0]}"
        remedy = "write it in `runtime.env`, and in `runtime.secrets` where the cluster keeps it"
        yield Finding(path, message, remedy, code="HR394")
    elif path[:-1] in {("metadata", "labels"), ("metadata", "annotations"), ("spec", "nodeSelector")}:
        yield from _label(path, value)
    elif _is_amount(path):
        yield from _amount(path, value)
    elif isinstance(value, str) and (words := CHOICES.get(_field(path))) and value not in words:
        yield Finding(path, f"cannot be {value!r}", suggestion(value, [word for word in words if word]))


def _label(path: _Path, value: Any) -> Iterator[Finding]:
    key = str(path[-1])
    is_label = path[1] == "labels"
    if wrong := labels.wrong_key(key) or (labels.own_key(key) if is_label else None):
        yield Finding(path, *wrong, of_key=True)
    elif value is not None and not isinstance(value, str):
        yield Finding(path, f"is a text, not {_described(value)}", "put quotes round it")
    elif value and path[1] != "annotations" and (wrong := labels.wrong_value(value)):
        yield Finding(path, *wrong)


def _is_amount(path: _Path) -> bool:
    return (
        path[-1] in {"sizeLimit", "divisor"}
        or (len(path) > 2 and path[-3] == "resources" and path[-2] in {"limits", "requests"})
        or path[:-1] == ("spec", "overhead")
    )


def _amount(path: _Path, value: Any) -> Iterator[Finding]:
    if value is None or isinstance(value, Mapping):
        return
    number = None if isinstance(value, bool) else quantity(str(value))
    if number is None or number < 0:
        remedy = "write a number, with a unit where it needs one: 500m, 2, 512Mi, 4Gi"
        yield Finding(path, f"is an amount, and {_described(value)} is none", remedy)


def _field(path: _Path) -> tuple[str, str]:
    """What it is a field of, and its name; containers that run ahead are containers."""
    names = [part for part in path if isinstance(part, str)]
    owner = names[-2] if len(names) > 1 else ""
    return ("containers" if owner == "initContainers" else owner), names[-1]


def _containers(spec: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(kind) or ()):
            path: _Path = ("spec", kind, index)
            yield from _name(path, container, seen)
            is_stage = kind == "containers" and container.get("name") == STAGE
            yield from _stage(path, container) if is_stage else _beside_it(path, container)
            variables: set[str] = set()
            for place, variable in enumerate(container.get("env") or ()):
                yield from _named_once((*path, "env", place), variable, variables)
            yield from _mounts(path, container, spec)


def _stage(path: _Path, container: Mapping[str, Any]) -> Iterator[Finding]:
    for name in container:
        if name in _OWN_OF_STAGE:
            yield Finding((*path, name), "is headrace's own", _OWN_OF_STAGE[name], of_key=True)
    for index, variable in enumerate(container.get("env") or ()):
        name = str(variable.get("name") or "")
        if name and (refused := refused_variable(name)):
            remedy = _OWN_VARIABLES.get(name, "delete it" if name.startswith("HEADRACE_") else refused[1])
            yield Finding((*path, "env", index, "name"), f"is refused: {refused[0]}", remedy)


def _beside_it(path: _Path, container: Mapping[str, Any]) -> Iterator[Finding]:
    if container.get("image"):
        return
    name = str(container.get("name", ""))
    remedy = "give it an `image`"
    if nearest(name, [STAGE]):
        remedy = f"did you mean `{STAGE}`, the container that runs the stages? Else {remedy}"
    yield Finding(path, f"({name}) is a container without an image", remedy)


def _volumes(spec: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or ()):
        path: _Path = ("spec", "volumes", index)
        yield from _name(path, volume, seen)
        if _OWN_VOLUME.fullmatch(str(volume.get("name", ""))):
            remedy = "choose another name, or change `runtime.volumes`"
            yield Finding((*path, "name"), f"{volume['name']!r} is a name of headrace's own volumes", remedy)


def _mounts(path: _Path, container: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Finding]:
    known = [str(volume.get("name")) for volume in spec.get("volumes") or ()]
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        name = str(mount.get("name", ""))
        if name not in known and not _OWN_VOLUME.fullmatch(name):
            remedy = suggestion(name, known) or "write the volume under `volumes`"
            yield Finding((*path, "volumeMounts", index, "name"), f"names no volume of the pod: {name!r}", remedy)


def _name(path: _Path, item: Mapping[str, Any], seen: set[str]) -> Iterator[Finding]:
    """What is wrong with the name of a container or volume."""
    name = item.get("name")
    if isinstance(name, str) and not _DNS_LABEL.fullmatch(name):
        remedy = "write small letters, digits and `-`, at most 63"
        yield Finding((*path, "name"), f"cannot be {name!r}", remedy)
    else:
        yield from _named_once(path, item, seen)


def _named_once(path: _Path, item: Mapping[str, Any], seen: set[str]) -> Iterator[Finding]:
    name = item.get("name")
    if not isinstance(name, str) or not name:
        yield Finding(path, "has no name", "give it a `name`: by it entries are merged")
    elif name in seen:
        yield Finding((*path, "name"), f"is {name!r} for a second time", "name each once")
    else:
        seen.add(name)


def _values(value: Any, path: _Path) -> Iterator[tuple[_Path, Any]]:
    """Every field, with its path."""
    for name, item in _items(value):
        yield (*path, name), item
        yield from _values(item, (*path, name))


def _items(value: Any) -> Sequence[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []
