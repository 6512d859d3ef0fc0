"""Retrain and deploy: new rows arrive, a new version passes its gates, the server answers with it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from projects import Sandbox, churn_project, churn_rows

CUSTOMERS = [
    {"age": 40, "calls": 0, "plan": "basic"},
    {"age": 40, "calls": 9, "plan": "basic"},
    {"age": None, "calls": 5, "plan": "never seen"},
]


@contextmanager
def served(project: Sandbox) -> Iterator[str]:
    """The server's address while it runs."""
    log = project.root / "serve.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "headrace", "serve", "churn", "--port", "0"],
            cwd=project.root,
            env=project.environment(),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield _address(server, log)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 120
    while True:
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found and "/invocations" in log.read_text():
            return found.group()
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def ask(address: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{address}/invocations",
        json.dumps({"dataframe_records": rows}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        predictions: list[dict[str, Any]] = json.load(answer)["predictions"]
    return predictions


def loaded(project: Sandbox) -> list[dict[str, Any]]:
    """What the champion says when MLflow alone loads it."""
    code = (
        "import json, sys, mlflow, pandas\n"
        "model = mlflow.pyfunc.load_model('models:/churn@champion')\n"
        "print(json.dumps(model.predict(pandas.DataFrame(json.load(sys.stdin))).to_dict('records')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.root,
        env={**project.environment(), "MLFLOW_TRACKING_URI": f"sqlite:///{project.home / 'mlflow.db'}"},
        input=json.dumps(CUSTOMERS),
        capture_output=True,
        text=True,
        check=True,
    )
    predictions: list[dict[str, Any]] = json.loads(done.stdout)
    return predictions


def test_retrain_and_deploy(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    project.run("churn")
    with served(project) as address:
        first = ask(address, CUSTOMERS)
    assert first[0]["probability"] < 0.5 < first[1]["probability"]
    assert [row["prediction"] for row in first[:2]] == ["no", "yes"]

    with (project.root / "data" / "customers.csv").open("a") as file:
        file.write("\n".join(churn_rows(90, 60, seed=2)) + "\n")
    assert project.run("churn")["model"]["version"] == "2"

    with served(project) as address:
        second = ask(address, CUSTOMERS)
    assert second != first
    assert [row["probability"] for row in loaded(project)] == pytest.approx([row["probability"] for row in second])


def test_a_champion_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")

    done = project.headrace("predict", "churn", "--data", "data/customers.csv", "--out", "out.csv")

    assert done.code == 2
    assert "headrace run churn" in done.err
