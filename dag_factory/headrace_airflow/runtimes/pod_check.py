"""Pods against the models of Kubernetes' own client: unknown fields, wrong types, what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from headrace.config.nearest import suggestion
from headrace.errors import Diagnostic
from headrace.plan.model import Plan
from headrace_airflow.runtimes.call import StageCall
from headrace_airflow.runtimes.pod import pod_manifest
from headrace_airflow.spec.model import DagSpec

if TYPE_CHECKING:
    from kubernetes.client import ApiClient  # type: ignore[import-untyped]

_LIST = re.compile(r"list\[(.+)\]")
_DICT = re.compile(r"dict[(\[]str, (.+)[)\]]")
_PLAIN: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "bool": (bool,), "float": (float, int)}
_MISSING = re.compile(r"Invalid value for `(\w+)`, must not be `None`")
#: As any task starts it: what only its start knows stands for itself.
_CALL = StageCall(("stage",), "headrace-task-0", {})
_DOCUMENTED = "write it as Kubernetes documents pods: https://kubernetes.io/docs/reference/"
#: Mappings of amounts, and amounts: texts to the client, and to the API numbers as well.
_OF_AMOUNTS, _AMOUNTS = {"limits", "requests", "overhead", "capacity"}, {"sizeLimit", "divisor"}
_Path = tuple[str | int, ...]


class Refusal(NamedTuple):
    """What the API would refuse of a pod."""

    path: _Path
    """The field, within the pod."""
    message: str
    """What is wrong, after the path."""
    remedy: str = _DOCUMENTED


def pod_problems(spec: DagSpec, plan: Plan) -> Iterator[Diagnostic]:
    """What the API would refuse of this pipeline's pods."""
    told: set[str] = set()
    for task in spec.stage_tasks:
        if task.runtime.type != "kubernetes":
            continue
        base, written = _written(plan, task.stages[0])
        manifest = pod_manifest(task.runtime, _CALL)
        for found in manifest_problems(manifest):
            path = _as_written(found.path, manifest, written)
            whole = ".".join(map(str, (base, *path)))
            # What another key of `runtime` made has no path in the YAML.
            shown = f"`{whole}`" if len(path) == len(found.path) else f"the pod's `{'.'.join(map(str, found.path))}`"
            message = f"{shown} {found.message}"
            if message not in told:
                told.add(message)
                yield Diagnostic("HR396", message, plan.place_of(whole), found.remedy, pipeline=plan.pipeline)


def manifest_problems(manifest: Mapping[str, Any]) -> list[Refusal]:
    """What is wrong with it, each with the path of the field."""
    from kubernetes.client import ApiClient

    return list(_wrong(manifest, "V1Pod", ())) or list(_incomplete(manifest, "V1Pod", (), ApiClient()))


def _written(plan: Plan, stage: str) -> tuple[str, Any]:
    """The key of a stage's `pod`, and what is there: of its own exception, its kind's, or of all stages."""
    runtime = plan.spec["runtime"]
    kind = next(one.type for one in plan.stages if one.name == stage)
    for name in (stage, kind):
        exception = runtime.get("stages", {}).get(name, {})
        if "pod" in exception:
            return f"runtime.stages.{name}.pod", exception["pod"]
    return "runtime.pod", runtime.get("pod", {})


def _as_written(path: _Path, manifest: Any, written: Any) -> _Path:
    """The path in the YAML as far as it is written there; entries of lists are merged, and so counted otherwise."""
    found: list[str | int] = []
    for name in path:
        manifest = manifest[name] if isinstance(name, int) else manifest.get(name)
        if isinstance(written, Mapping) and name in written:
            found.append(name)
            written = written[name]
        elif isinstance(written, list) and isinstance(name, int):
            index = next((index for index, item in enumerate(written) if _is_same(item, manifest)), -1)
            if index < 0:
                break
            found.append(index)
            written = written[index]
        else:
            break
    return tuple(found)


def _is_same(written: Any, made: Any) -> bool:
    """Whether an entry of a list became the other."""
    if not isinstance(written, Mapping) or not isinstance(made, Mapping):
        return bool(written == made)
    keys = [key for key in ("mountPath", "devicePath", "name") if key in made]
    return written.get(keys[0]) == made[keys[0]] if keys else bool(written == made)


def _wrong(value: Any, kind: str, path: _Path) -> Iterator[Refusal]:
    """Fields that the model does not have, and values of another type than it says."""
    if value is None:
        return
    if listed := _LIST.fullmatch(kind):
        if not isinstance(value, list):
            yield Refusal(path, "is a list")
            return
        for index, item in enumerate(value):
            yield from _wrong(item, listed[1], (*path, index))
    elif mapped := _DICT.fullmatch(kind):
        if not isinstance(value, Mapping):
            yield Refusal(path, "is a mapping of keys to values")
            return
        for name, item in value.items():
            yield from _wrong(item, mapped[1], (*path, name))
    elif kind.startswith("V1"):
        yield from _wrong_fields(value, kind, path)
    elif kind in _PLAIN and not _is_plain(value, kind, path):
        yield Refusal(path, f"is {_article(kind)}, not {json.dumps(value)}")


def _wrong_fields(value: Any, kind: str, path: _Path) -> Iterator[Refusal]:
    if not isinstance(value, Mapping):
        yield Refusal(path, "is a mapping of keys to values")
        return
    kinds = _fields(kind)
    for name, item in value.items():
        if name in kinds:
            yield from _wrong(item, kinds[name], (*path, name))
        else:
            yield Refusal((*path, name), "is no field that Kubernetes has there", suggestion(name, kinds))


def _is_plain(value: Any, kind: str, path: _Path) -> bool:
    is_amount = path[-1] in _AMOUNTS or (len(path) > 1 and path[-2] in _OF_AMOUNTS)
    types = (str, int, float) if is_amount else _PLAIN[kind]
    return isinstance(value, types) and isinstance(value, bool) == (kind == "bool")


def _incomplete(value: Any, kind: str, path: _Path, api: ApiClient) -> Iterator[Refusal]:
    """What the models, which check required fields when they are made, refuse: the innermost has it by name."""
    if listed := _LIST.fullmatch(kind):
        for index, item in enumerate(value or ()):
            yield from _incomplete(item, listed[1], (*path, index), api)
    elif kind.startswith("V1") and isinstance(value, Mapping):
        kinds = _fields(kind)
        found = [
            refusal for name, item in value.items() for refusal in _incomplete(item, kinds[name], (*path, name), api)
        ]
        yield from found or _unmade(value, kind, path, api)


def _unmade(value: Mapping[str, Any], kind: str, path: _Path, api: ApiClient) -> Iterator[Refusal]:
    from kubernetes import client  # type: ignore[import-untyped]

    class _Answer:
        data = json.dumps(value)

    try:
        api.deserialize(_Answer(), kind)
    except ValueError as error:
        missing = _MISSING.match(str(error))
        name = getattr(client, kind).attribute_map[missing[1]] if missing else ""
        yield Refusal(path, f"lacks `{name}`" if name else f"is refused: {error}")


def _fields(kind: str) -> Mapping[str, str]:
    """The fields of a model, as the API spells them, and their types."""
    from kubernetes import client

    model = getattr(client, kind)
    return {model.attribute_map[name]: inner for name, inner in model.openapi_types.items()}


def _article(kind: str) -> str:
    return {"str": "a text", "int": "a whole number", "bool": "true or false", "float": "a number"}[kind]
