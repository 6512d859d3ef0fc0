"""What Airflow's task adds to a stage: against an empty task and the same stage in a process of its own.

All of it runs through `dag.test()`, in one process that has imported Airflow: A is a DAG of stages whose results are
there, B one of as many empty tasks, C the stages' own commands. A stage may cost A - B - C = 0.1 s; what the operator
imports when it runs, which each task of a scheduler pays anew, counts as well. Of stages that share a task, each may
cost a fifth of that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from headrace.project import Project
from headrace_airflow.local.database import ensure_database
from headrace_airflow.local.settings import airflow_home, airflow_settings, clean_environment
from pairs import BenchmarkError, Options, Ratio, note, run, scratch

ALLOWED_MS = 100.0
FUSED_MS = 20.0
_TABLE = "a,b\n" + "".join(f"{number},{number % 7}\n" for number in range(1000))
_PIPELINE = """\
# @package _global_
defaults:
  - _self_
dataset:
  sources: {{numbers: {{type: csv, path: numbers.csv}}}}
  transform: {{type: sql, query: "SELECT a, b FROM numbers"}}
validation: {{numbers: {{rows: {{min: 1}}}}, table: {{rows: {{min: 1}}}}}}
runtime: {{fuse: {fuse}, retries: 0}}
"""
_DAGS = """\
from airflow.sdk import DAG, BaseOperator
from headrace_airflow.load import load_dags


class Empty(BaseOperator):
    def execute(self, context):
        pass


globals().update(load_dags(__file__))
for name, count in (("empty", len(numbers.tasks)), ("one_empty", 1)):
    with DAG(name, schedule=None) as dag:
        tasks = [Empty(task_id=f"task{number}") for number in range(count)]
        for one, other in zip(tasks, tasks[1:]):
            one >> other
    globals()[name] = dag
"""
_WORKER = """\
import contextlib, io, json, logging, subprocess, sys, time
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag

logging.disable(logging.CRITICAL)
folder, pairs = Path(sys.argv[1]), int(sys.argv[2])
with contextlib.redirect_stdout(io.StringIO()):
    bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
stages = [task.task_id for task in bag.dags["numbers"].topological_sort()]
started = time.perf_counter()
import headrace_airflow.runtimes.execution, headrace_airflow.runtimes.process
imports = time.perf_counter() - started


def dag(name):
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        run = bag.dags[name].test()
    if run.state != "success":
        raise SystemExit(f"{name}: {run.state}")
    return time.perf_counter() - started


def commands(pipeline, *words):
    started = time.perf_counter()
    for number, word in enumerate(words):
        one = [sys.executable, "-m", "headrace", "stage", pipeline, word, "--run-id", f"r{time.time_ns()}"]
        subprocess.run(one, check=True, capture_output=True, cwd=folder.parent)
    return time.perf_counter() - started


rows = []
for pair in range(pairs + 1):
    apart = dag("numbers"), dag("empty"), commands("numbers", *stages)
    fused = dag("fused"), dag("one_empty"), commands("fused", "--all")
    rows.append({"apart": apart, "fused": fused})
print("\\n" + json.dumps({"stages": len(stages), "imports": imports, "rows": rows[1:]}))
"""


def measure(asked: Options) -> Sequence[Ratio]:
    """Two rows: a stage with a task of its own, and one of several that share a task."""
    with scratch() as folder:
        project = _project(folder)
        home = airflow_home(project, "benchmark")
        settings = airflow_settings(project, home)
        ensure_database(home, settings)
        found = _worked(folder, clean_environment(settings), asked.pairs)
    count, imports = found["stages"], found["imports"]
    note(f"{count} stages; the operator imports for {imports * 1000:.0f} ms when it runs")
    apart = [((a - b - c) / count + imports) * 1000 for a, b, c in (row["apart"] for row in found["rows"])]
    fused = [(a - b - c + imports) / count * 1000 for a, b, c in (row["fused"] for row in found["rows"])]
    for name, values in (("apart", apart), ("fused", fused)):
        note(f"{name}: " + ", ".join(f"{value:.0f}" for value in values) + " ms a stage")
    return [
        _row("a stage with a task of its own, beyond", apart, ALLOWED_MS),
        _row("a stage that shares its task, beyond", fused, FUSED_MS),
    ]


def _row(what: str, values: Sequence[float], allowed: float) -> Ratio:
    ratios = [value / allowed for value in values]
    against = f"an empty task and a process + {allowed:g} ms"
    return Ratio(what, against, median(values), allowed, "ms", median(ratios), min(ratios), max(ratios), limit=1.0)


def _project(folder: Path) -> Project:
    files = {
        "conf/config.yaml": "seed: 1\n",
        "conf/pipeline/numbers.yaml": _PIPELINE.format(fuse="false"),
        "conf/pipeline/fused.yaml": _PIPELINE.format(fuse="true"),
        "numbers.csv": _TABLE,
        "dags/all.py": _DAGS,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Project(folder, folder / ".headrace")


def _worked(folder: Path, environment: Mapping[str, str], pairs: int) -> dict[str, Any]:
    environment = {
        **environment,
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
    }
    words = [sys.executable, "-c", _WORKER, str(folder / "dags"), str(pairs)]
    done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"the worker failed: {done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=5))
