"""The one file that loads a project's pipelines, when there are more than Airflow can read from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from projects import CHURN_PIPELINE, churn_project

_STEPS = """\
import json, sys, warnings
from pathlib import Path
from headrace_airflow import load

load.MANY, load.TOO_MANY = 1, 2
root, seen = Path(sys.argv[1]), []

def look():
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        dags = load.load_dags(root / "dags/headrace_dags.py")
    told = [str(warning.message) for warning in warned if "DAG file" in str(warning.message)]
    seen.append({"warned": told, "dags": {name: [sorted(dag.tags), dag.doc_md, dag.description, len(dag.tasks)]
                                          for name, dag in dags.items()}})

look()
for name in ("aardvark", "pipelines_left_out"):
    (root / f"conf/pipeline/{name}.yaml").write_text((root / "conf/pipeline/churn.yaml").read_text())
    look()
(root / "conf/pipeline/churn.yaml").unlink()
look()
print("\\n" + json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("load")
    sandbox = churn_project(folder / "project")
    sandbox.write("conf/pipeline/zebra.yaml", CHURN_PIPELINE)
    environment = {**os.environ, "AIRFLOW_HOME": str(folder), "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
    words = [sys.executable, "-c", _STEPS, str(sandbox.root)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    documents: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return documents


def test_as_many_as_can_be_are_loaded_with_a_warning_that_they_are_many(seen: list[dict[str, Any]]) -> None:
    assert sorted(seen[0]["dags"]) == ["churn", "zebra"]
    assert "2 pipelines in one DAG file" in seen[0]["warned"][0]


def test_one_more_takes_no_others_place_and_is_named_with_the_remedy(seen: list[dict[str, Any]]) -> None:
    assert sorted(seen[1]["dags"]) == ["churn", "pipelines_left_out", "zebra"]
    assert seen[1]["dags"]["zebra"][0] == ["headrace"]
    tags, page, description, tasks = seen[1]["dags"]["pipelines_left_out"]
    assert tags == ["broken", "headrace"]
    assert tasks == 1
    assert "1 pipeline without a DAG" in description
    assert "aardvark" in page
    assert "HeadraceBundle" in page


def test_a_pipeline_of_the_same_name_is_no_matter(seen: list[dict[str, Any]]) -> None:
    assert sorted(seen[2]["dags"]) == ["churn", "pipelines_left_out_", "zebra"]
    page = seen[2]["dags"]["pipelines_left_out_"][1]
    assert "aardvark" in page
    assert "pipelines_left_out" in page


def test_a_place_that_becomes_free_is_taken_by_the_first(seen: list[dict[str, Any]]) -> None:
    assert sorted(seen[3]["dags"]) == ["aardvark", "pipelines_left_out_", "zebra"]
