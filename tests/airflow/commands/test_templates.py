"""What `headrace dags check` says of text with signs of Jinja in it."""

from __future__ import annotations

import pytest

from projects import CHURN_PIPELINE, churn_project

STANDARD = "airflow.providers.standard"
TASKS = {
    "function": '{function: shop.hooks.note, args: {text: "{{ ds }}"}, after: split}',
    "file": f"{{operator: {STANDARD}.sensors.filesystem.FileSensor, args: {{filepath: '/in/{{{{ ds }}}}.csv'}}}}",
    "question": f"{{operator: {STANDARD}.operators.hitl.ApprovalOperator, args: {{subject: '{{# Promote? #}}'}}}}",
    "run": f"{{operator: {STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator, "
    "args: {trigger_dag_id: other, conf: {day: '{% if x %}'}}}",
    "page": f"{{operator: {STANDARD}.operators.hitl.ApprovalOperator, args: {{subject: a, body: page.md}}}}",
    "mapped": '{function: shop.hooks.note, expand: {text: ["{{ ds }}", b]}}',
}
OWN = """\
from airflow.sdk import DAG
from airflow.providers.standard.sensors.filesystem import FileSensor

with DAG("own"):
    FileSensor(task_id="wait", filepath="/in/{{ ds }}.csv")
"""


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    project = churn_project(tmp_path_factory.mktemp("templates") / "project")
    tasks = "".join(f"  {name}: {task}\n" for name, task in TASKS.items())
    project.write("conf/pipeline/churn.yaml", f"{CHURN_PIPELINE}tasks:\n{tasks}")
    project.write("src/shop/__init__.py", "")
    project.write("src/shop/hooks.py", "def note(text: str): ...\n")
    project.write("dags/own.py", OWN)
    found = project.headrace("dags", "check", "--format", "json").document["problems"]
    return [(problem["code"], problem["file"]) for problem in found if problem["severity"] == "error"]


def test_text_of_the_yaml_is_rendered_by_nobody_and_so_is_fine(problems: list[tuple[str, str]]) -> None:
    assert not [code for code, file in problems if file != "dags/own.py"]


def test_a_dag_of_somebodys_own_renders_the_same_text(problems: list[tuple[str, str]]) -> None:
    assert problems == [("HR713", "dags/own.py")]
