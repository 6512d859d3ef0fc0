"""Projects to run commands in: copies of this repository's configuration, and tables that grow."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """stdout as the one JSON document it has to be."""
        document: dict[str, Any] = json.loads(self.out)
        return document


@dataclass(frozen=True)
class Sandbox:
    """A project folder, and the command in it."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / ".headrace"

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HEADRACE_", "MLFLOW_", "AIRFLOW_"))}
        return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}

    def headrace(self, *words: str, timeout: float = 300, **environment: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "headrace", *words],
            cwd=self.root,
            env={**self.environment(), **environment},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def run(self, pipeline: str, *words: str, expect: int = 0, **environment: str) -> dict[str, Any]:
        """`headrace run … --json`, its document."""
        done = self.headrace("run", pipeline, *words, "--json", **environment)
        assert done.code == expect, f"exit {done.code}\n{done.out}\n{done.err}"
        return done.document

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text()
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new))


def copy_of_repository(root: Path, pipelines: Sequence[str] | None = None) -> Sandbox:
    """This repository's `conf/` and DAG file in a new folder, with some of its pipelines."""
    shutil.copytree(REPOSITORY / "conf", root / "conf")
    for path in (root / "conf" / "pipeline").glob("*.yaml"):
        if pipelines is not None and path.stem not in pipelines:
            path.unlink()
    if pipelines is not None and not pipelines:
        for path in [*(root / "conf" / "dataset").iterdir(), *(root / "conf" / "validation").iterdir()]:
            if path.stem != "none":
                path.unlink()
    (root / "dags").mkdir()
    shutil.copy(REPOSITORY / "dag_factory" / "dags" / "headrace_dags.py", root / "dags")
    return Sandbox(root)


def statuses(document: dict[str, Any]) -> dict[str, str]:
    """Stage name -> ran, reused, failed or skipped."""
    return {stage["name"]: stage["status"] for stage in document["stages"]}


CHURN_PIPELINE = """\
# @package _global_
# Will a customer leave?
defaults:
  - /dataset: churn
  - /model: logistic_regression
  - _self_
task: binary
target: {column: left, positive: "yes"}
features: {numeric: [age, calls], categorical: [plan]}
split: {method: time, column: day, test: 20d, validation: 10d}
metrics: [roc_auc, log_loss]
gates:
  - {metric: roc_auc, min: 0.6}
  - {metric: roc_auc, baseline: champion, max_degradation: 0.2, if_absent: pass}
"""

CHURN_DATASET = """\
# Customers, a row a day and customer.
sources:
  customers: {type: csv, path: data/customers.csv, time_column: day, null_values: [NA]}
row_id: [customer]
"""


def churn_rows(first: int, days: int, seed: int = 1) -> list[str]:
    """CSV rows of customers who leave the more likely the more they call."""
    chance = random.Random(seed * 1_000 + first)
    rows = []
    for offset in range(days):
        for number in range(12):
            calls = chance.randint(0, 9)
            left = "yes" if chance.random() < calls / 10 else "no"
            day = date(2024, 1, 1) + timedelta(days=first + offset)
            age = "NA" if chance.random() < 0.05 else str(chance.randint(18, 80))
            rows.append(f"{first + offset}-{number},{day},{age},{calls},{chance.choice(['basic', 'plus'])},{left}")
    return rows


def churn_project(root: Path) -> Sandbox:
    """A fourth pipeline as a user adds it: two YAML files and a CSV file."""
    project = copy_of_repository(root, pipelines=[])
    project.write("conf/pipeline/churn.yaml", CHURN_PIPELINE)
    project.write("conf/dataset/churn.yaml", CHURN_DATASET)
    header = "customer,day,age,calls,plan,left"
    project.write("data/customers.csv", "\n".join([header, *churn_rows(0, 90)]) + "\n")
    return project
