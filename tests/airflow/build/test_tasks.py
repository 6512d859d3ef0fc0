"""Added tasks that Airflow refuses, and what is told of those that it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import load_in_airflow
from projects import CHURN_PIPELINE, Sandbox, churn_project

HITL = "airflow.providers.standard.operators.hitl"
APPROVAL = "{operator: %s.ApprovalOperator, args: {subject: x, defaults: %s}, after: gate}\n"
PIPELINES = {
    "taken": "tasks:\n  approve: " + APPROVAL % (HITL, "Reject"),
    "refused": "tasks:\n  approve: " + APPROVAL % (HITL, "Maybe"),
    "shadowed": "tasks:\n  walk: {function: json.hooks.walk, after: gate}\n",
    "quitting": "tasks:\n  walk: {function: quitter.hooks.walk, after: gate}\n",
}
HOOKS = '''
from airflow.sdk import task


def plain(n=1): ...


@task(queue="small", retries=3, pool="few")
def decorated(n=1):
    """Walks.

    Far.
    """
'''
PIPELINES["queued"] = """\
schedule: {assets: "plain://lake"}
runtime: {queue: big, executor: LocalExecutor, priority: 7, weight_rule: absolute, pool: gpu, retries: 5}
tasks:
  sensor: {operator: airflow.providers.standard.sensors.filesystem.FileSensor, args: {filepath: /a}}
  plain: {function: shop.hooks.plain, doc: "Ask *somebody*.", queue: null, display_name: Plain, pool: few}
  decorated: {function: shop.hooks.decorated, retry_delay: 9m, retry_on: [locked]}
  mapped: {function: shop.hooks.decorated, expand: {n: [1, 2]}, queue: own, pool_slots: 2}
"""
PIPELINES["lacking"] = "tasks:\n  t: {function: shop.hooks.plain, executor: CeleryExecutor}\n"
_PEOPLE = """\
import json
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator
from headrace_airflow.build.operators import waits_for_person
from headrace_airflow.build.text import with_plain_text

plain = with_plain_text(ApprovalOperator)
mapped = plain.partial(task_id="c").expand(subject=["x"])
asked = [plain(task_id="a", subject="x"), EmptyOperator(task_id="b"), mapped]
print(json.dumps([[waits_for_person(each) for each in asked], plain.__name__, plain.__module__]))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = churn_project(tmp_path_factory.mktemp("tasks") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    for name, text in PIPELINES.items():
        project.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + text)
    project.write("src/json/hooks.py", "from airflow.sdk import task\n\n\n@task\ndef walk(): ...\n")
    project.write(
        "src/quitter/hooks.py", "import sys\nfrom airflow.sdk import task\nsys.exit(4)\n\n\n@task\ndef walk(): ...\n"
    )
    project.write("src/shop/hooks.py", HOOKS)
    return load_in_airflow(project)


def stored(loaded: dict[str, Any], name: str) -> dict[str, Any]:
    tasks = {task["__var"]["task_id"]: task["__var"] for task in loaded["dags"]["queued"]["tasks"]}
    return {**tasks[name], **tasks[name].get("partial_kwargs", {})}


def where(told: dict[str, Any]) -> list[Any]:
    return [told.get(key) for key in ("queue", "executor", "priority_weight", "weight_rule", "pool")]


def test_a_task_waits_where_stages_do_unless_it_or_its_decorator_says_otherwise(loaded: dict[str, Any]) -> None:
    assert where(stored(loaded, "train")) == ["big", "LocalExecutor", 7, "absolute", "gpu"]
    assert where(stored(loaded, "sensor")) == ["big", "LocalExecutor", 7, "absolute", None]
    assert where(stored(loaded, "plain")) == [None, "LocalExecutor", 7, "absolute", "few"]
    assert where(stored(loaded, "decorated")) == ["small", "LocalExecutor", 7, "absolute", "few"]
    assert where(stored(loaded, "mapped")) == ["own", "LocalExecutor", 7, "absolute", "few"]


def test_a_decorator_says_how_often_and_the_task_when(loaded: dict[str, Any]) -> None:
    found = stored(loaded, "decorated")

    assert (found["retries"], found["retry_delay"], found["has_retry_policy"]) == (3, 540.0, True)
    assert stored(loaded, "mapped")["pool_slots"] == 2
    assert "retries" not in stored(loaded, "sensor")


def test_a_page_begins_with_what_people_wrote_or_with_the_docstring(loaded: dict[str, Any]) -> None:
    assert stored(loaded, "plain")["doc_md"].startswith("Ask *somebody*.\n\nCalls a function.\n\n- ")
    assert stored(loaded, "decorated")["doc_md"].startswith("Walks.\n\nFar.\n\nCalls a function.\n\n- ")
    assert stored(loaded, "mapped")["doc_md"].startswith("Walks.\n\nFar.\n\nCalls a function.\n\n- ")
    assert stored(loaded, "sensor")["doc_md"].startswith("Runs an operator.\n\n- ")
    assert stored(loaded, "plain")["_task_display_name"] == "Plain"


def test_a_uri_is_awaited_as_airflow_writes_it(loaded: dict[str, Any]) -> None:
    assert "'plain://lake/'" in str(loaded["dags"]["queued"]["timetable"])


def test_an_executor_that_airflow_lacks_is_told_at_the_task(loaded: dict[str, Any]) -> None:
    line = (CHURN_PIPELINE + PIPELINES["lacking"]).splitlines().index("tasks:") + 2

    assert f"conf/pipeline/lacking.yaml:{line}:" in loaded["dags"]["lacking"]["doc_md"]
    assert "HR334: Airflow has no executor `CeleryExecutor`" in loaded["dags"]["lacking"]["doc_md"]


def test_what_an_operator_refuses_is_one_broken_dag_with_the_place(loaded: dict[str, Any]) -> None:
    line = (CHURN_PIPELINE + PIPELINES["refused"]).splitlines().index("tasks:") + 2
    page = loaded["dags"]["refused"]["doc_md"]

    assert "broken" in loaded["dags"]["refused"]["tags"]
    assert f"conf/pipeline/refused.yaml:{line}:3" in page
    assert "should be a subset of options" in page
    assert "broken" not in loaded["dags"]["taken"]["tags"]


def test_a_module_that_is_not_the_projects_own_is_not_taken_for_it(loaded: dict[str, Any]) -> None:
    """`json` has been imported from elsewhere, whatever `src/` holds."""
    assert "broken" in loaded["dags"]["shadowed"]["tags"]


def test_a_module_that_ends_its_process_takes_no_other_pipeline_with_it(loaded: dict[str, Any]) -> None:
    line = (CHURN_PIPELINE + PIPELINES["quitting"]).splitlines().index("tasks:") + 2
    page = loaded["dags"]["quitting"]["doc_md"]

    assert loaded["errors"] == {}
    assert f"conf/pipeline/quitting.yaml:{line}:3" in page
    assert "quitter.hooks calls sys.exit(4) when it is imported" in page


def test_who_asks_people_is_known(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    environment = {**sandbox.environment(), "AIRFLOW_HOME": str(tmp_path)}
    words = [sys.executable, "-c", _PEOPLE]
    done = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)

    people, *names = json.loads(done.stdout.splitlines()[-1])
    assert people == [True, False, True]
    assert names == ["ApprovalOperator", HITL]
