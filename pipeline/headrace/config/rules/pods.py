"""Pods: what is written of them by hand, and the labels by which a cluster finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from headrace import secrets
from headrace.config import labels
from headrace.config.composed import Composed
from headrace.config.pod_fields import findings
from headrace.config.rules.places import placements, written
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

_Wrong = Callable[[str], tuple[str, str] | None]


def _pods_are_sound(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    pods = {written(spec, stage, "pod"): placement.pod for stage, placement in placements(spec).items()}
    for base, pod in pods.items():
        for found in findings(pod):
            path = ".".join(map(str, (base, *found.path)))
            place = composed.key_of(path) if found.of_key else composed.place_of(path)
            yield composed.diagnostic(found.code, f"`{path}` {found.message}", place, found.remedy)


def _labels_are_labels(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Docker takes any text for a label, Kubernetes does not."""
    looked_at: set[tuple[str, bool]] = set()
    for stage, placement in placements(spec).items():
        for name, mapping in (
            ("labels", placement.labels),
            ("annotations", placement.annotations),
            ("node_selector", placement.node_selector),
        ):
            path = written(spec, stage, name)
            in_cluster = placement.type == "kubernetes"
            if not {(path, True), (path, False)} & looked_at:
                yield from _looked_up(mapping, path, composed)
            if in_cluster and (path, True) not in looked_at:
                yield from _refused(mapping, path, name, composed)
            looked_at.add((path, in_cluster))


def _looked_up(mapping: Mapping[str, str], path: str, composed: Composed) -> Iterator[Diagnostic]:
    for key, value in mapping.items():
        if named := secrets.names(value):
            message = f"`{path}.{key}` is handed on as it is: nothing looks up the secret {named[0]}"
            place = composed.place_of(f"{path}.{key}")
            yield composed.diagnostic("HR394", message, place, "secrets belong into `runtime.env`")


def _refused(mapping: Mapping[str, str], path: str, name: str, composed: Composed) -> Iterator[Diagnostic]:
    for key, value in mapping.items():
        at = f"{path}.{key}"
        if wrong := labels.wrong_key(key) or (labels.own_key(key) if name == "labels" else None):
            yield composed.diagnostic("HR396", f"`{at}` {wrong[0]}", composed.key_of(at), wrong[1])
        elif secrets.names(value):
            continue
        elif name != "annotations" and (wrong := labels.wrong_value(value)):
            yield composed.diagnostic("HR396", f"`{at}` {wrong[0]}", composed.place_of(at), wrong[1])


def _tolerations_name_taints(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    lists = {
        written(spec, stage, "tolerations"): placement.tolerations for stage, placement in placements(spec).items()
    }
    for path, tolerations in lists.items():
        for index, toleration in enumerate(tolerations):
            for name, text, wrong in _texts(toleration.key, toleration.value):
                if found := wrong(text):
                    at = f"{path}.{index}.{name}"
                    yield composed.diagnostic("HR396", f"`{at}` {found[0]}", composed.place_of(at), found[1])


def _texts(key: str | None, value: str | None) -> Iterator[tuple[str, str, _Wrong]]:
    if key:
        yield "key", key, labels.wrong_key
    if value:
        yield "value", value, labels.wrong_value


RULES: tuple[Rule, ...] = (_pods_are_sound, _labels_are_labels, _tolerations_name_taints)
