"""Every feature of the YAML as Airflow stores it: `golden_dags/FEATURE.yaml` becomes `FEATURE.json`.

A pipeline is the churn pipeline of the tests with the feature's text after it, or a whole one, if the text has a
`dataset`. To write what is meant anew: UPDATE_GOLDEN=1 pytest tests/airflow/test_golden_dags.py -k FEATURE
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from airflow_runs import load_in_airflow
from golden_dags import FEATURES, FOLDER, canonical, pipeline
from projects import churn_project


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = churn_project(tmp_path_factory.mktemp("golden") / "project")
    for feature in FEATURES:
        project.write(f"conf/pipeline/{feature}.yaml", pipeline(feature))
    project.headrace("compile")
    loaded: dict[str, Any] = load_in_airflow(project)
    assert loaded["errors"] == {}
    return dict(loaded["dags"])


@pytest.mark.parametrize("feature", FEATURES)
def test_the_serialised_dag_is_as_it_was_reviewed(dags: dict[str, Any], feature: str) -> None:
    golden = FOLDER / f"{feature}.json"
    found = canonical(dags[feature])
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found)

    assert golden.exists(), f"nobody has reviewed {golden.name}; UPDATE_GOLDEN=1 writes it"
    assert found == golden.read_text(), f"if this change is meant, write {golden.name} with UPDATE_GOLDEN=1"
