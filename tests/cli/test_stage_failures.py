"""What `headrace stage` says of a failure to whoever started it."""

from __future__ import annotations

import json
from pathlib import Path

from airflow_runs import free_port
from headrace.errors import EXIT_TRANSIENT
from projects import churn_project


def test_a_server_that_is_away_is_a_lost_connection(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    away = f"tracking: {{uri: 'http://127.0.0.1:{free_port()}'}}\n"
    project.write("conf/pipeline/tables.yaml", f"# @package _global_\ndefaults: [/dataset: churn, _self_]\n{away}")

    done = project.headrace("stage", "tables", "--all", "--run-id=r1")

    assert done.code == EXIT_TRANSIENT
    told = json.loads(done.out.splitlines()[-1])
    assert (told["stage"], told["failure"]) == ("track", "connection")


def test_a_failure_that_stays_is_of_no_kind(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")

    done = project.headrace("stage", "churn", "nonsense", "--run-id=r1")

    assert json.loads(done.out.splitlines()[-1])["failure"] is None
