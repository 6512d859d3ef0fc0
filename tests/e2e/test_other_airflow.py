"""A built folder in the oldest Airflow that is supported, with nothing beside it that headrace depends on.

The environment is made with uv from the ordinary index, on first use, under `.headrace/other-airflow`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import project_of
from golden_dags import FEATURES, pipeline
from headrace_airflow.deploy.building import build_folder
from headrace_airflow.deploy.choices import Choices
from headrace_airflow.versions import OLDEST
from projects import CHURN_PIPELINE, REPOSITORY, Sandbox, churn_project
from webhooks import Inbox, inbox

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
import functools, json, sys, time
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.sdk.execution_time import supervisor

make = supervisor.in_process_api_server


def made_and_ready():
    # This Airflow does not wait for its own API, and a busy machine loses tasks.
    api = make()
    assert api.transport
    while not hasattr(api.app.state, "svcs_registry"):
        time.sleep(0.1)
    return api


supervisor.in_process_api_server = functools.cache(made_and_ready)
folder = Path(sys.argv[1])
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
seen = {}
for name in sys.argv[2:]:
    run = bag.dags[name].test()
    seen[name] = [str(run.state), {task.task_id: str(task.state) for task in run.get_task_instances()}]
print("\\n" + json.dumps(seen))
"""


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment with the oldest Airflow and none of headrace's dependencies."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not Path(uv).exists():
        pytest.skip("there is no uv to make an environment with")
    wanted = ".".join(map(str, OLDEST))
    folder = REPOSITORY / ".headrace" / "other-airflow" / wanted
    found, marker = folder / "bin" / "python", folder / "installed"
    # With later ones, which its constraints keep away, no task of this Airflow starts.
    packages = [f"apache-airflow=={wanted}.*", "fastapi<0.137", "cadwyn<8"]
    if not marker.exists() or marker.read_text() != str(packages):
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        words = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", found]
        certificates = {**os.environ, "UV_SYSTEM_CERTS": "true"}  # as the Makefile has it
        subprocess.run([*words, *packages], env=certificates, check=True)
        marker.write_text(str(packages))
    return found


@dataclass(frozen=True)
class Built:
    project: Sandbox
    inbox: Inbox

    @property
    def folder(self) -> Path:
        return self.project.root / "built"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """A folder with every feature that has a golden DAG, and pipelines whose stages run in this environment."""
    sandbox = churn_project(tmp_path_factory.mktemp("other") / "project")
    sandbox.write("conf/pipeline/broken.yaml", CHURN_PIPELINE + "modle: ridge\n")
    for feature in FEATURES:
        sandbox.write(f"conf/pipeline/{feature}.yaml", pipeline(feature))
    with inbox() as box:
        for name, least in (("worked", "0.6"), ("strict", "0.999"), ("several", "0.6")):
            text = CHURN_PIPELINE.replace("min: 0.6", f"min: {least}")
            # Kinds of failures to try again after came with a later Airflow.
            at_work = f"retries: 0, python: {sys.executable}, fuse: {'auto' if name == 'several' else 'never'}"
            told = f"notify: [{{type: webhook, url: {box.address}/{name}, events: [failed, refused, succeeded]}}]\n"
            sandbox.write(f"conf/pipeline/{name}.yaml", f"{text}runtime: {{{at_work}}}\n{told}")
        build_folder(project_of(sandbox), sandbox.root / "built", Choices(), keep_going=True)
        for path in (sandbox.root / "built").rglob("*"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield Built(sandbox, box)


def said(python: Path, script: str, built: Built, *names: str) -> dict[str, Any]:
    home = built.project.root / "airflow"
    plugin = home / "plugins" / "of_headrace.py"  # an installed package would bring it by itself
    plugin.parent.mkdir(parents=True, exist_ok=True)
    plugin.write_text("from headrace_airflow.plugin import HeadracePlugin as HeadracePlugin\n")
    own = ("AIRFLOW", "HEADRACE", "VIRTUAL_ENV")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(own)},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(built.folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__API_AUTH__JWT_SECRET": "of-this-test-alone-and-long-enough-to-sign-with",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "pipeline"), str(REPOSITORY / "dag_factory")]),
        "HEADRACE_PROJECT": str(built.project.root),
    }
    if names:
        subprocess.run([python, "-m", "airflow", "db", "migrate"], env=environment, capture_output=True, check=True)
    done = subprocess.run(
        [python, "-c", script, str(built.folder), *names], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stdout[-60000:], done.stderr[-3000:])
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


@pytest.fixture(scope="module")
def loaded(python: Path, built: Built) -> dict[str, Any]:
    return said(python, _LOAD, built)


def test_the_oldest_airflow_loads_and_stores_a_built_folder(loaded: dict[str, Any]) -> None:
    assert loaded["version"].startswith(".".join(map(str, OLDEST)) + ".")
    assert loaded["errors"] == {}
    assert loaded["heavy"] == []
    assert "train" in loaded["dags"]["churn"][0]
    assert loaded["dags"]["broken"][0] == ["broken"]
    assert "modle" in loaded["dags"]["broken"][2]


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_is_there_or_said_to_be_lacking(loaded: dict[str, Any], feature: str) -> None:
    tasks, tags, page = loaded["dags"][feature]

    assert ("broken" in tags) == (tasks == ["broken"])
    if "broken" in tags:  # for want of a later Airflow, or of what a provider brings
        assert f"HR411: Airflow {loaded['version']}, which is installed here, has no" in page or "HR397" in page, page


@pytest.fixture(scope="module")
def runs(python: Path, built: Built) -> dict[str, Any]:
    return said(python, _TEST, built, "worked", "strict", "several")


def test_the_oldest_airflow_runs_stages_to_their_end(runs: dict[str, Any], built: Built) -> None:
    state, tasks = runs["worked"]

    assert state == "success"
    assert set(tasks.values()) == {"success"}
    assert [notice["event"] for notice in built.inbox.at("/worked")] == ["succeeded"]


def test_a_refusal_skips_what_follows_and_is_told(runs: dict[str, Any], built: Built) -> None:
    state, tasks = runs["strict"]

    assert state == "success"
    assert (tasks["gate"], tasks["register"], tasks["promote"]) == ("success", "skipped", "skipped")
    assert "refused" in [notice["event"] for notice in built.inbox.at("/strict")]


def test_several_stages_share_a_task(runs: dict[str, Any]) -> None:
    state, tasks = runs["several"]

    assert state == "success"
    assert len(tasks) < 8
