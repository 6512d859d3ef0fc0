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
import json
from airflow.sdk import BaseOperator
del BaseOperator.retry_policy  # as in versions before 3.3
from headrace.errors import HeadraceError
from headrace_airflow.build.options import option_arguments
from headrace_airflow.spec.model import Options

try:
    option_arguments(Options(retries=2, retry_on=("locked",)))
except HeadraceError as error:
    print(json.dumps([str(error.diagnostics[0]), error.key, sorted(option_arguments(Options(retries=2)))]))
"""
_POLICY = """\
import json
from airflow.sdk.exceptions import AirflowTaskTimeout, AirflowException
from headrace.errors import DamagedBlobError, UsageError
from headrace_airflow.build.retries import FailurePolicy, kind_of_failure

errors = [ConnectionResetError("x"), AirflowTaskTimeout("x"), SystemExit(143), AirflowException("x"), KeyError("x")]
policy = FailurePolicy(("connection", "killed"), {"killed": 30.0})
decisions = [policy.evaluate(error, 1, 3) for error in errors]
print(json.dumps([
    [kind_of_failure(error), made.action.value, made.retry_delay and made.retry_delay.total_seconds(), made.reason]
    for error, made in zip(errors, decisions)
] + [FailurePolicy().evaluate(error, 1, 3).action.value for error in (UsageError("x"), DamagedBlobError("x"))]))
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


def test_a_policy_decides_by_the_kind_of_any_error_and_says_why(tmp_path: Path) -> None:
    connection, timeout, killed, *others, wrong, damaged = run(_POLICY, tmp_path)

    assert connection == ["connection", "retry", None, "a connection was lost (connection)"]
    assert killed == ["killed", "retry", 30.0, "it was ended from outside, or memory ran out (killed)"]
    assert timeout[:2] == ["timeout", "fail"]
    assert timeout[3] == "not tried again: it took longer than it may, and `retry_on` does not name `timeout`"
    assert [other[:2] for other in others] == [["unknown", "fail"]] * 2
    assert (wrong, damaged) == ("fail", "retry")


def test_what_this_airflow_lacks_is_said(tmp_path: Path) -> None:
    message, key, without = run(_MISSING, tmp_path)

    assert key == "runtime.retry_on"
    assert "HR411" in message
    assert "has no retries by kind of failure; it came with 3.3" in message
    assert "delete `runtime.retry_on`" in message
    assert without == ["retries"]
