"""What keeps stages from sharing a task is said when the pipeline is compiled; so is a secret that pods lack."""

from __future__ import annotations

from typing import Any

from headrace.config.schema.runtime import Runtime
from headrace.plan.model import Plan
from headrace.plan.pod_secrets import pod_secret_problems
from headrace.plan.sharing import groups_as_written, sharing_problems
from plans import plan_of


def planned(**runtime: Any) -> tuple[Plan, Runtime]:
    plan = plan_of(runtime=runtime, tracking={"uri": "https://a:${secret:MLFLOW}@mlflow.example.com"})
    return plan, Runtime.model_validate(plan.spec["runtime"])


def test_groups_are_in_the_plans_order() -> None:
    groups = groups_as_written(*planned(fuse=[["gate", "evaluate"], ["transform", "absent"]]))

    assert [[stage.name for stage in group] for group in groups if len(group) > 1] == [["evaluate", "gate"]]


def test_stages_that_cannot_share_a_task_are_named() -> None:
    (circle,) = sharing_problems(*planned(fuse=[["ingest", "train"]]))
    (apart,) = sharing_problems(*planned(fuse=[["gate", "register"]], stages={"gate": {"pool": "a"}}))

    assert "`ingest` and `train` cannot share a task" in circle.message
    assert "differ in pool" in apart.message
    assert sharing_problems(*planned(fuse=True)) == ()
    assert sharing_problems(*planned(fuse="auto", stages={"gate": {"pool": "a"}})) == ()


def test_a_secret_is_missed_once_and_only_in_pods() -> None:
    pod = {"type": "kubernetes", "image": "a", "project": "/app", "home": "/state"}

    (missed,) = pod_secret_problems(*planned(**pod))

    assert "MLFLOW" in missed.message
    assert list(pod_secret_problems(*planned())) == []
    assert list(pod_secret_problems(*planned(**pod, secrets={"MLFLOW": {"name": "a", "key": "b"}}))) == []
