"""DAGs in real Airflow: parsed, checked and serialised by its own machinery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import load_in_airflow
from projects import CHURN_PIPELINE, Sandbox, churn_project

NIGHTLY = """
description: "{{ var.value.secret }} of `churn`"
owner: "o'brien; rm -rf /"
tags: [customers]
schedule:
  {cron: "30 6 * * *", timezone: Europe/Berlin, start: 2024-03-01, end: 2024-12-31, catchup: true, max_active_runs: 2}
runtime: {retries: 4, retry_delay: 90s, max_retry_delay: 10m, timeout: 45m, env: {TEMPLATE: "{{ ds }}", SCRIPT: run.sh}}
"""
HEAVY = {"hydra", "omegaconf", "pandas", "polars", "sklearn", "xgboost", "mlflow", "duckdb", "pandera", "matplotlib"}


def pipeline(project: Sandbox, name: str, more: str = "") -> None:
    project.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + more)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = churn_project(tmp_path_factory.mktemp("build") / "project")
    pipeline(project, "nightly", NIGHTLY)
    pipeline(project, "fused", "runtime: {fuse: true, retry_backoff: false}\n")
    pipeline(project, "unknown_key", "modle: ridge\n")
    pipeline(project, "unknown_option", "schedule: 7\n")
    pipeline(project, "bad_cron", 'schedule: {cron: "99 * * * *"}\n')
    pipeline(project, "long_tag", f"tags: [{'t' * 101}]\n")
    pipeline(project, "odd name")
    project.headrace("compile")
    return load_in_airflow(project)


def tasks(loaded: dict[str, Any], dag_id: str) -> dict[str, dict[str, Any]]:
    return {task["__var"]["task_id"]: task["__var"] for task in loaded["dags"][dag_id]["tasks"]}


def test_every_pipeline_is_a_dag_and_none_hides_another(loaded: dict[str, Any]) -> None:
    assert loaded["errors"] == {}
    odd = next(dag_id for dag_id in loaded["dags"] if dag_id.startswith("odd_name-"))
    names = {"churn", "nightly", "fused", "unknown_key", "unknown_option", "bad_cron", "long_tag", odd}
    assert set(loaded["dags"]) == names


def test_parsing_compiled_pipelines_imports_nothing_heavy(loaded: dict[str, Any]) -> None:
    assert not HEAVY.intersection(loaded["modules"])
    assert "airflow" in loaded["modules"]


def test_stages_are_a_chain_of_tasks(loaded: dict[str, Any]) -> None:
    downstream = {name: task.get("downstream_task_ids", []) for name, task in tasks(loaded, "churn").items()}

    assert downstream == {
        "ingest": ["split"],
        "split": ["train"],
        "train": ["evaluate"],
        "evaluate": ["gate"],
        "gate": ["register"],
        "register": ["promote"],
        "promote": ["track"],
        "track": [],
    }


def test_the_schedule_has_data_intervals_in_its_zone(loaded: dict[str, Any]) -> None:
    dag = loaded["dags"]["nightly"]

    assert dag["timetable"]["__type"] == "airflow.timetables.interval.CronDataIntervalTimetable"
    assert dag["timetable"]["__var"] == {"expression": "30 6 * * *", "timezone": "Europe/Berlin"}
    assert dag["timezone"] == "Europe/Berlin"
    assert dag["catchup"] is True
    assert dag["max_active_runs"] == 2
    assert dag["start_date"] == 1709247600.0  # 2024-03-01T00:00 in Berlin
    assert dag["end_date"] == pytest.approx(1735685999.999999)  # the end of 2024-12-31 there


def test_without_a_schedule_it_runs_by_hand(loaded: dict[str, Any]) -> None:
    dag = loaded["dags"]["churn"]

    assert dag["timetable"]["__type"] == "airflow.timetables.simple.NullTimetable"
    assert "start_date" not in dag


def test_retries_timeouts_tags_and_owner_are_the_declared_ones(loaded: dict[str, Any]) -> None:
    task = tasks(loaded, "nightly")["train"]

    assert task["owner"] == "o'brien; rm -rf /"
    assert task["retries"] == 4
    assert task["retry_delay"] == 90.0
    assert task["retry_exponential_backoff"] == 2.0
    assert task["max_retry_delay"] == 600.0
    assert task["execution_timeout"] == 2700.0
    assert sorted(loaded["dags"]["nightly"]["tags"]) == ["customers", "headrace"]
    assert "retry_exponential_backoff" not in tasks(loaded, "fused")["all_stages"]


def test_nothing_of_a_task_is_a_template(loaded: dict[str, Any]) -> None:
    text = json.dumps([task for dag in loaded["dags"].values() for task in dag["tasks"]])

    assert "{{" not in text
    assert all(not task.get("template_fields") for task in tasks(loaded, "nightly").values())


def test_a_fused_pipeline_is_one_task(loaded: dict[str, Any]) -> None:
    assert list(tasks(loaded, "fused")) == ["all_stages"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("unknown_key", "conf/pipeline/unknown_key.yaml:15:1: error HR140: unknown key `modle`"),
        ("unknown_option", "conf/pipeline/unknown_option.yaml:15"),
        ("bad_cron", "conf/pipeline/bad_cron.yaml:15:18: error HR171: `99 * * * *` is not a cron expression"),
        ("long_tag", "tag cannot be longer than 100 characters"),
    ],
)
def test_a_broken_pipeline_is_a_stand_in_that_says_why(loaded: dict[str, Any], name: str, says: str) -> None:
    dag = loaded["dags"][name]

    assert says in dag["doc_md"]
    assert sorted(dag["tags"]) == ["broken", "headrace"]
    assert dag["timetable"]["__type"] == "airflow.timetables.simple.NullTimetable"
    assert list(tasks(loaded, name)) == ["broken"]


def test_the_serialised_dags_are_read_back_whole(loaded: dict[str, Any]) -> None:
    for dag_id, names in loaded["again"].items():
        assert names == sorted(tasks(loaded, dag_id))


def test_dags_belong_to_the_file_that_airflow_scans(loaded: dict[str, Any]) -> None:
    assert {Path(dag["fileloc"]).name for dag in loaded["dags"].values()} == {"headrace_dags.py"}
    assert {dag["relative_fileloc"] for dag in loaded["dags"].values()} == {"headrace_dags.py"}
