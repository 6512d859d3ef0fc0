"""A task's command line: which plan, which interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from airflow_runs import project_of
from headrace.plan.model import Plan, Stage
from headrace.run.record import join_run
from headrace.store import LocalStore
from projects import Sandbox, copy_of_repository

_COMMAND = """\
import json, sys
from datetime import UTC, datetime
from types import SimpleNamespace
from airflow.sdk.exceptions import AirflowSkipException
from headrace.project import find_project
from headrace_airflow.run_identity import run_name
from headrace_airflow.runtimes.call import stage_call
from headrace_airflow.runtimes.execution import TaskExecution
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec, RuntimeSpec, StageTask

stage, python = sys.argv[1], sys.argv[2] or None
noon = datetime(2024, 5, 1, tzinfo=UTC)
run = SimpleNamespace(
    dag_id="flights", run_id="r", run_after=noon, start_date=noon, clear_number=0, data_interval_end=None
)
if stage == "name":
    sys.exit(print(json.dumps(run_name(run))))
spec = StageTask(stage, (stage,), runtime=RuntimeSpec(python=python))
project = find_project()
site = Site(str(project.root), str(project.home))
dag = DagSpec("flights", "flights", "new", [spec])
try:
    runner = TaskExecution(spec, dag, site)._runner_of(stage_call(spec, dag, project, run), {})
    print(json.dumps(runner._command.words))
except AirflowSkipException as error:
    print(json.dumps(str(error)))
"""


def command(sandbox: Sandbox, stage: str, python: str = "") -> Any:
    environment = {**sandbox.environment(), "AIRFLOW_HOME": str(sandbox.home / "airflow")}
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, stage, python],
        cwd=sandbox.root,
        env={**environment, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_a_run_keeps_the_plan_that_it_began_with(tmp_path: Path) -> None:
    sandbox = copy_of_repository(tmp_path / "project", pipelines=[])
    project = project_of(sandbox)
    old = Plan("flights", {}, (Stage("train", "train", {}, {}, "recipe"),))
    assert command(sandbox, "train")[3:8] == ["stage", "flights", "train", "--plan", "new"]

    join_run(LocalStore(project.home / "store"), old, command(sandbox, "name"), None)

    assert command(sandbox, "train")[3:8] == ["stage", "flights", "train", "--plan", old.digest]
    assert command(sandbox, "brand_new") == "the plan that this run began with has no such stage"


def test_the_interpreter_is_a_path_from_the_project_or_a_name(tmp_path: Path) -> None:
    sandbox = copy_of_repository(tmp_path / "project", pipelines=[])

    assert command(sandbox, "train")[0] == sys.executable
    assert command(sandbox, "train", "envs/gpu/bin/python")[0] == str(sandbox.root / "envs/gpu/bin/python")
    assert command(sandbox, "train", "/opt/python")[0] == "/opt/python"
    assert command(sandbox, "train", Path(sys.executable).name)[0].endswith(Path(sys.executable).name)
