"""`headrace dags test`: several DAGs in one process, and tasks that wait for a person."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from airflow_runs import RunSeen, copy_database, dags_test
from projects import CHURN_PIPELINE, Sandbox, churn_project

FUSED = "runtime: {fuse: true}\n"
TOLD = """\
dag: {deadlines: [{after: queued, within: 1h}]}
notify: [{type: log, events: [succeeded, failed]}]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Sandbox:
    made = churn_project(tmp_path_factory.mktemp("testing") / "project")
    made.write("conf/pipeline/fused.yaml", CHURN_PIPELINE + FUSED)
    made.write("conf/pipeline/told.yaml", CHURN_PIPELINE + TOLD)
    made.write("conf/pipeline/broken.yaml", CHURN_PIPELINE + "modle: ridge\n")
    copy_database(migrated, made)
    return made


@pytest.fixture(scope="module")
def seen(project: Sandbox) -> dict[str, RunSeen]:
    report = ("--structure", "--format", "json", "--out", "runs.json")
    return dags_test(
        project,
        ("--all", "--structure", "--format", "junit", "--out", "runs.xml"),
        ("churn", *report),
        ("broken", "--structure"),
        ("told", "--structure"),
    )


def test_every_structure_is_walked_and_a_broken_one_is_not_green(project: Sandbox, seen: dict[str, RunSeen]) -> None:
    done = seen["--all --structure --format junit --out runs.xml"]

    assert done.code == 1
    assert "3 of 4 runs are green" in done.out
    suite = ElementTree.fromstring((project.root / "runs.xml").read_bytes())[0]
    failed = [case.attrib["classname"] for case in suite if case.find("failure") is not None]
    assert failed == ["broken"]
    names = [case.attrib["name"] for case in suite if case.attrib["classname"] == "churn"]
    assert names[:2] == ["run", "ingest"]
    assert {case.attrib["name"] for case in suite if case.attrib["classname"] == "fused"} == {"run", "all_stages"}


def test_one_structure_as_json(project: Sandbox, seen: dict[str, RunSeen]) -> None:
    (run,) = json.loads((project.root / "runs.json").read_text())["runs"]

    assert seen["churn --structure --format json --out runs.json"].code == 0
    assert (run["dag"], run["state"]) == ("churn", "success")
    assert [task["state"] for task in run["tasks"]] == ["success"] * 8


def test_nobody_hears_of_a_structure_and_deadlines_are_no_obstacle(seen: dict[str, RunSeen]) -> None:
    done = seen["told --structure"]

    assert done.code == 0, done.out
    assert "told succeeded" not in done.out


def test_a_broken_pipeline_says_where(seen: dict[str, RunSeen]) -> None:
    done = seen["broken --structure"]

    assert done.code == 1
    assert "it does not compile: conf/pipeline/broken.yaml:15:1: error HR140" in done.out
