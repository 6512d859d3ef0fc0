"""Which assets Airflow's own runs tell others of: the stages are scripted, Airflow and its database are real."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import copy_database, dags_test, project_of
from headrace_airflow.local.settings import airflow_home
from projects import CHURN_PIPELINE, churn_project
from scripted_stages import ScriptedStages


def promotion(promoted: bool) -> dict[str, Any]:
    return {"document": {"stage": "promote", "status": "ran", "facts": {"promoted": promoted}}}


REFUSAL = {"exit": 3, "document": {"stage": "gate", "status": "refused", "facts": {"gates": []}}}
FAILURE = {"exit": 65, "document": {"stage": "ingest", "status": "failed", "diagnostics": []}}
MODEL = {"name": "m", "version": "1", "alias": "champion"}
SCRIPTS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "promoted": {"promote": [promotion(True)]},
    "withdrawn": {"promote": [promotion(False)]},
    "refused": {"gate": [REFUSAL]},
    "wrong_data": {"ingest": [FAILURE]},
    "fused": {"--all": [{"document": {"stages": [], "model": MODEL}}]},
    "fused_refused": {"--all": [{"exit": 3, "document": {"stages": [], "gates": [], "model": None}}]},
}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> set[tuple[str, str]]:
    """Every asset event as the pipeline and what of it is new."""
    project = churn_project(tmp_path_factory.mktemp("events") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    copy_database(migrated, project)
    ScriptedStages.install(project, SCRIPTS)
    for name in SCRIPTS:
        fuse = "true" if name.startswith("fused") else "false"
        runtime = f"runtime: {{python: bin/python, retries: 0, fuse: {fuse}}}\n"
        project.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + runtime)
    dags_test(project, *((name,) for name in SCRIPTS))
    database = airflow_home(project_of(project), "check") / "airflow.db"
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT source_dag_id, name FROM asset_event JOIN asset ON asset_id = asset.id")
        return {(dag_id, name.split(".")[1]) for dag_id, name in rows}


@pytest.mark.parametrize(
    ("pipeline", "new"),
    [
        ("promoted", {"dataset", "model"}),
        ("withdrawn", {"dataset"}),
        ("refused", {"dataset"}),
        ("wrong_data", set()),
        ("fused", {"dataset", "model"}),
        ("fused_refused", {"dataset"}),
    ],
)
def test_only_what_is_new_is_told(events: set[tuple[str, str]], pipeline: str, new: set[str]) -> None:
    assert {product for dag_id, product in events if dag_id == pipeline} == new
