"""Every key that says where a stage runs changes what is done: none is dropped in silence."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.config.schema.placement import KEYS, Placement
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import to_json
from plans import plan_of

BASES: dict[str, dict[str, Any]] = {
    "process": {},
    "in_process": {},
    "docker": {"image": "a:1"},
    "kubernetes": {
        "image": "a:1",
        "project": "/app",
        "home": "/state",
        "volumes": [{"claim": "state", "path": "/state"}],
    },
}
VALUES: dict[str, Any] = {
    "python": "/opt/bin/python",
    "env": {"A": "b"},
    "image": "b:2",
    "pull": "Always",
    "pull_secrets": ["registry"],
    "project": "/other",
    "home": "/state/other",
    "resources": {"memory": "1Gi"},
    "volumes": [{"host": "/mnt", "path": "/state"}],
    "secrets": {"A": {"name": "a", "key": "b"}},
    "user": "1000",
    "network": "warehouse",
    "connection": "other",
    "namespace": "ml",
    "service_account": "stages",
    "node_selector": {"pool": "gpu"},
    "tolerations": [{"operator": "Exists"}],
    "labels": {"a": "b"},
    "annotations": {"a": "b"},
    "start_timeout": "1h",
    "pod": {"spec": {"priorityClassName": "batch"}},
}
PAIRS = [(kind, key) for kind, keys in KEYS.items() for key in sorted({*keys, "env"})]


def tasks(kind: str, **written: Any) -> Any:
    plan = plan_of(runtime={"type": kind, **BASES[kind], **written})
    return [{**task, "options": None} for task in to_json(dag_spec(plan))["tasks"]]


def test_all_keys_are_tried() -> None:
    assert {*VALUES, "type"} == set(Placement.model_fields)


@pytest.mark.parametrize(("kind", "key"), PAIRS)
def test_a_key_has_an_effect_where_it_means_something(kind: str, key: str) -> None:
    assert tasks(kind, **{key: VALUES[key]}) != tasks(kind)


def test_none_of_it_changes_a_result() -> None:
    """Recipes are what results are kept by."""
    usual = [stage.recipe for stage in plan_of().stages]

    for kind, base in BASES.items():
        assert [stage.recipe for stage in plan_of(runtime={"type": kind, **base}).stages] == usual
