"""Pods against the models of Kubernetes' own client: unknown fields, wrong types, what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from headrace.errors import Diagnostic
from headrace.plan.model import Plan
from headrace_airflow.runtimes.call import StageCall
from headrace_airflow.runtimes.pod import pod_manifest
from headrace_airflow.spec.model import DagSpec

_LIST = re.compile(r"list\[(.+)\]")
_DICT = re.compile(r"dict[(\[]str, (.+)[)\]]")
_PLAIN: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "bool": (bool,), "float": (float, int)}
#: As any task starts it: what only its start knows stands for itself.
_CALL = StageCall(("stage",), "headrace-task-0", {})


def pod_problems(spec: DagSpec, plan: Plan) -> Iterator[Diagnostic]:
    """What the API would refuse of this pipeline's pods."""
    told: set[str] = set()
    for task in spec.stage_tasks:
        if task.runtime.type != "kubernetes":
            continue
        for problem in manifest_problems(pod_manifest(task.runtime, _CALL)):
            if problem not in told:
                told.add(problem)
                remedy = "write `runtime.pod` as Kubernetes documents pods: https://kubernetes.io/docs/reference/"
                yield Diagnostic("HR396", problem, plan.place_of("runtime.pod"), remedy, pipeline=plan.pipeline)


def manifest_problems(manifest: Mapping[str, Any]) -> list[str]:
    """What is wrong with it, each with the path of the field."""
    found = list(_wrong(manifest, "V1Pod", "pod"))
    return found or list(_incomplete(manifest))


def _wrong(value: Any, kind: str, path: str) -> Iterator[str]:
    """Fields that the model does not have, and values of another type than it says."""
    if value is None:
        return
    if listed := _LIST.fullmatch(kind):
        if not isinstance(value, list):
            yield f"`{path}` is a list"
            return
        for index, item in enumerate(value):
            yield from _wrong(item, listed[1], f"{path}[{index}]")
    elif mapped := _DICT.fullmatch(kind):
        if not isinstance(value, Mapping):
            yield f"`{path}` is a mapping"
            return
        for name, item in value.items():
            yield from _wrong(item, mapped[1], f"{path}.{name}")
    elif kind.startswith("V1"):
        yield from _wrong_fields(value, kind, path)
    elif kind in _PLAIN and (not isinstance(value, _PLAIN[kind]) or isinstance(value, bool) != (kind == "bool")):
        yield f"`{path}` is {_article(kind)}, not {json.dumps(value)}"


def _wrong_fields(value: Any, kind: str, path: str) -> Iterator[str]:
    from kubernetes import client  # type: ignore[import-untyped]

    if not isinstance(value, Mapping):
        yield f"`{path}` is a mapping"
        return
    model = getattr(client, kind)
    kinds = {model.attribute_map[name]: inner for name, inner in model.openapi_types.items()}
    for name, item in value.items():
        if name not in kinds:
            yield f"`{path}` has no field `{name}`"
        else:
            yield from _wrong(item, kinds[name], f"{path}.{name}")


def _incomplete(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What the models, which check required fields when they are made, refuse."""
    from kubernetes.client import ApiClient  # type: ignore[import-untyped]

    class _Answer:
        data = json.dumps(manifest)

    try:
        ApiClient().deserialize(_Answer(), "V1Pod")
    except ValueError as error:
        yield f"the pod is refused: {error}"


def _article(kind: str) -> str:
    return {"str": "a text", "int": "a whole number", "bool": "true or false", "float": "a number"}[kind]
