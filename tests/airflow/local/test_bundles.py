"""What the Airflow of `headrace up` reads its DAGs from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_runs import project_of
from headrace_airflow.local.bundles import bundle_settings
from headrace_airflow.local.settings import airflow_home, airflow_settings, clean_environment
from projects import Sandbox, churn_project

_LOAD = """\
import json
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag

seen = {}
for bundle in DagBundlesManager().get_all_dag_bundles():
    bundle.initialize()
    bag = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
    assert not bag.import_errors, bag.import_errors
    seen[bundle.name] = [sorted(bag.dags), bundle.get_current_version() is not None, str(bundle.path)]
print("\\n" + json.dumps(seen))
"""
_OWN = """\
from airflow.sdk import DAG

with DAG("own", schedule=None):
    pass
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = churn_project(tmp_path_factory.mktemp("bundles") / "a project")
    sandbox.write("dags/own.py", _OWN)
    built = sandbox.headrace("dags", "build", "--out", "dags/built")
    assert built.code == 0, built.err
    return sandbox


@pytest.fixture(scope="module")
def seen(sandbox: Sandbox) -> dict[str, tuple[list[str], bool, str]]:
    project = project_of(sandbox)
    home = airflow_home(project, "server")
    settings = {**airflow_settings(project, home), **bundle_settings(project, home)}
    environment = {**clean_environment(settings), "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL"}
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], env=environment, cwd=sandbox.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    document: dict[str, tuple[list[str], bool, str]] = json.loads(done.stdout.splitlines()[-1])
    return document


def test_pipelines_have_versions(sandbox: Sandbox, seen: dict[str, tuple[list[str], bool, str]]) -> None:
    dags, has_version, path = seen["headrace"]

    assert dags == ["churn"]
    assert has_version
    assert Path(path).is_relative_to(sandbox.home / "airflow" / "server")  # nobody else's


def test_somebodys_own_files_are_read_and_pipelines_only_once(seen: dict[str, tuple[list[str], bool, str]]) -> None:
    """Beside `own.py` lie headrace_dags.py and a built folder: both of this project's pipelines."""
    assert seen["dags-folder"][0] == ["own"]


def test_another_project_is_not_taken_for_served(sandbox: Sandbox, tmp_path: Path) -> None:
    other = churn_project(tmp_path / "other")
    code = (
        f"from headrace_airflow.load import load_dags; print(sorted(load_dags({str(other.root / 'dags' / 'x.py')!r})))"
    )
    environment = {**os.environ, "HEADRACE_BUNDLED_PROJECT": str(sandbox.root), "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)

    assert done.stdout.splitlines()[-1] == "['churn']", done.stderr


def test_without_a_dags_folder_there_is_the_bundle_alone(tmp_path: Path) -> None:
    sandbox = churn_project(tmp_path / "project")
    for path in (sandbox.root / "dags").iterdir():
        path.unlink()
    (sandbox.root / "dags").rmdir()

    (only,) = json.loads(
        bundle_settings(project_of(sandbox), tmp_path)["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"]
    )

    assert only["name"] == "headrace"
