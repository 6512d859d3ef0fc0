"""Options that depend on the Airflow that is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import load_in_airflow
from projects import CHURN_PIPELINE, churn_project

_ROLES = """\
import json
from airflow.providers.standard.operators.empty import EmptyOperator
from headrace_airflow.build.options import option_arguments, with_role
from headrace_airflow.spec.model import Options

made = {}
for role in ("setup", "teardown", None):
    options = Options(role=role, retries=2, priority=3)
    task = with_role(EmptyOperator(task_id=str(role), **option_arguments(options)), options)
    made[str(role)] = [task.is_setup, task.is_teardown, task.priority_weight, task.retries, bool(task.retry_policy)]
print(json.dumps(made))
"""
_MISSING = """\
import json, sys
import airflow.sdk.definitions
sys.modules["airflow.sdk.definitions.deadline"] = None
from headrace.errors import HeadraceError
from headrace_airflow.build.dag_options import dag_arguments
from headrace_airflow.spec.model import DagOptions, DagSpec, DeadlineSpec

try:
    dag_arguments(DagSpec("d", "d", "plan", (), options=DagOptions(deadlines=(DeadlineSpec(60),))))
except HeadraceError as error:
    print(json.dumps([str(error.diagnostics[0]), error.key]))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = churn_project(tmp_path_factory.mktemp("options") / "project")
    project.write("conf/pipeline/absent.yaml", CHURN_PIPELINE + "runtime:\n  executor: CeleryExecutor\n")
    project.write("conf/pipeline/present.yaml", CHURN_PIPELINE + "runtime: {executor: LocalExecutor}\n")
    project.headrace("compile")
    return load_in_airflow(project)


def run(script: str, home: Path) -> Any:
    environment = {**os.environ, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__UNIT_TEST_MODE": "False"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, cwd=home
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_an_executor_that_airflow_lacks_breaks_one_pipeline_and_not_the_file(loaded: dict[str, Any]) -> None:
    assert loaded["errors"] == {}
    assert "broken" in loaded["dags"]["absent"]["tags"]
    page = loaded["dags"]["absent"]["doc_md"]
    assert "conf/pipeline/absent.yaml:16:13: error HR334: Airflow has no executor `CeleryExecutor`" in page
    assert "name one of LocalExecutor" in page


def test_an_executor_that_airflow_has_reaches_the_tasks(loaded: dict[str, Any]) -> None:
    assert {task["__var"]["executor"] for task in loaded["dags"]["present"]["tasks"]} == {"LocalExecutor"}


def test_a_task_may_set_up_or_take_away(tmp_path: Path) -> None:
    assert run(_ROLES, tmp_path) == {
        "setup": [True, False, 3, 2, True],
        "teardown": [False, True, 3, 2, True],
        "None": [False, False, 3, 2, True],
    }


def test_what_this_airflow_lacks_is_said(tmp_path: Path) -> None:
    message, key = run(_MISSING, tmp_path)

    assert key == "dag.deadlines"
    assert "HR333" in message
    assert "deadlines, which Airflow has since 3.1" in message
