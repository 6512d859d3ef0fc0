"""The register stage: which version, and what it says about itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headrace.stages.contract import StageResult
from headrace.stages.register import run
from headrace.tracking.connection import connected
from registered import Bench, Trained, fresh_settings, train

FACTS = {
    "as_of": "2013-12-31T00:00:00+00:00",
    "git": {"commit": "c" * 40, "dirty": True},
    "stages": [
        {
            "name": "ingest",
            "status": "ran",
            "seconds": 1.0,
            "facts": {
                "sources": {"flights": {"rows": 3, "files": [{"path": "f.csv", "digest": "ab" * 32, "size": 1}]}}
            },
        }
    ],
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    fresh_settings(tmp_path)
    return Bench(tmp_path, facts=dict(FACTS))


def register(bench: Bench) -> tuple[StageResult, dict[str, Any]]:
    folder = bench.root / "trained"
    trained = Trained(folder) if folder.exists() else train(folder)
    metrics = bench.write("metrics.json", {"test": {"roc_auc": 0.71234567, "log_loss": None}})
    config = bench.slice(task="binary", description="Will it be late?", owner="ann", tags=["air", "demo"])
    ctx = bench.context(config, {"model": trained.model, "model_info": trained.info, "metrics": metrics})
    result = run(ctx)
    return result, json.loads((ctx.out / "version.json").read_text())


def test_the_version_is_written_and_told(bench: Bench) -> None:
    result, document = register(bench)

    assert document["name"] == "late"
    assert document["version"] == "1"
    assert document["model_uri"] == "models:/late/1"
    assert document["is_new"]
    assert dict(result.facts) == {name: document[name] for name in ("name", "version", "mlflow_run_id", "model_uri")}


def test_the_version_says_where_it_comes_from(bench: Bench) -> None:
    register(bench)

    with connected(bench.settings) as client:
        tags = client.get_model_version("late", "1").tags
    assert tags["headrace.run_id"] == "late-1"
    assert tags["headrace.plan_digest"] == "f" * 64
    assert tags["headrace.pipeline"] == "late"
    assert tags["headrace.git_commit"] == "c" * 40
    assert tags["headrace.git_dirty"] == "true"
    assert tags["headrace.as_of"] == "2013-12-31T00:00:00+00:00"
    assert tags["headrace.data.flights"] == "ab" * 32
    assert tags["headrace.test.roc_auc"] == "0.712346"
    assert tags["headrace.tags"] == "air, demo"
    assert "headrace.test.log_loss" not in tags


def test_running_it_again_finds_the_version(bench: Bench) -> None:
    _, first = register(bench)
    bench.run_id = "late-2"

    _, again = register(bench)

    assert again == {**first, "is_new": False}
