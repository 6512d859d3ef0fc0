"""A built folder in the oldest Airflow that is supported, with nothing beside it that headrace depends on.

The environment is made with uv from the ordinary index, on first use, under `.headrace/other-airflow`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import project_of
from headrace_airflow.deploy.building import build_folder
from headrace_airflow.deploy.choices import Choices
from headrace_airflow.versions import OLDEST
from projects import CHURN_PIPELINE, REPOSITORY, Sandbox, churn_project

pytestmark = pytest.mark.slow

_LOAD = """\
import json, sys
from pathlib import Path
from airflow import __version__
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.serialization.serialized_objects import DagSerialization

folder = Path(sys.argv[1])
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="built")
dags = {}
for dag_id, dag in bag.dags.items():
    document = json.loads(json.dumps(DagSerialization.to_dict(dag)))
    again = DagSerialization.from_dict(document)
    dags[dag_id] = [sorted(again.task_dict), sorted(dag.tags), dag.doc_md]
heavy = [name for name in ("hydra", "omegaconf", "polars", "pandas", "sklearn", "mlflow") if name in sys.modules]
print("\\n" + json.dumps({"version": __version__, "dags": dags, "errors": bag.import_errors, "heavy": heavy}))
"""
_TEST = """\
import json, sys
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag

folder = Path(sys.argv[1])
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
run = bag.dags["churn"].test(mark_success_pattern=".*")
print("\\n" + json.dumps({"state": str(run.state)}))
"""


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment with the oldest Airflow and none of headrace's dependencies."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not Path(uv).exists():
        pytest.skip("there is no uv to make an environment with")
    wanted = ".".join(map(str, OLDEST))
    folder = REPOSITORY / ".headrace" / "other-airflow" / wanted
    found = folder / "bin" / "python"
    if not (folder / "installed").exists():
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        words = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", found]
        subprocess.run([*words, f"apache-airflow=={wanted}.*"], check=True)
        (folder / "installed").touch()
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = churn_project(tmp_path_factory.mktemp("other") / "project")
    sandbox.write("conf/pipeline/scheduled.yaml", CHURN_PIPELINE + 'schedule: {cron: "0 6 * * *", start: 2024-01-01}\n')
    sandbox.write("conf/pipeline/broken.yaml", CHURN_PIPELINE + "modle: ridge\n")
    build_folder(project_of(sandbox), sandbox.root / "built", Choices(), keep_going=True)
    for path in (sandbox.root / "built").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return sandbox


def said(python: Path, script: str, built: Sandbox, *, migrate: bool = False) -> dict[str, Any]:
    home = built.root / "airflow"
    own = ("AIRFLOW", "HEADRACE", "VIRTUAL_ENV")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(own)},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(built.root / "built"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "pipeline"), str(REPOSITORY / "dag_factory")]),
        "HEADRACE_PROJECT": str(built.root),
    }
    if migrate:
        subprocess.run([python, "-m", "airflow", "db", "migrate"], env=environment, capture_output=True, check=True)
    done = subprocess.run(
        [python, "-c", script, str(built.root / "built")], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def test_the_oldest_airflow_loads_and_stores_a_built_folder(python: Path, built: Sandbox) -> None:
    seen = said(python, _LOAD, built)

    assert seen["version"].startswith(".".join(map(str, OLDEST)) + ".")
    assert seen["errors"] == {}
    assert seen["heavy"] == []
    assert "train" in seen["dags"]["churn"][0]
    assert "train" in seen["dags"]["scheduled"][0]
    assert seen["dags"]["broken"][0] == ["broken"]
    assert "modle" in seen["dags"]["broken"][2]


def test_the_oldest_airflow_walks_a_dag_to_its_end(python: Path, built: Sandbox) -> None:
    assert said(python, _TEST, built, migrate=True)["state"] == "success"
