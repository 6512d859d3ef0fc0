"""Compiling in several processes yields what one process does."""

from __future__ import annotations

from pathlib import Path

from headrace.plan.cache import compiled
from headrace.plan.loading import Request
from headrace.plan.pool import WORTH_A_POOL, compile_all
from headrace.project import Project
from projects import churn_project


def test_two_processes_yield_what_one_does_in_order(tmp_path: Path) -> None:
    sandbox = churn_project(tmp_path / "project")
    text = (sandbox.root / "conf/pipeline/churn.yaml").read_text()
    for number in range(WORTH_A_POOL + 3):
        change = "/dataset: chrun" if number == 5 else "/dataset: churn"
        sandbox.write(f"conf/pipeline/p{number}.yaml", text.replace("/dataset: churn", change))
    one, two = (Project(sandbox.root, tmp_path / home) for home in ("one", "two"))
    requests = [Request(name) for name in one.pipelines()]

    serial, parallel = compile_all(one, requests, workers=1), compile_all(two, requests, workers=2)

    assert parallel == serial
    assert [result.name for result in parallel] == one.pipelines()
    assert [compiled(two, request.name) for request in requests] == serial
