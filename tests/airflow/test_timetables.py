"""Timetables that Airflow cannot make or store: pipelines that say so, in an Airflow that lacks a plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

import headrace
import headrace_airflow
from airflow_runs import load_in_airflow
from projects import CHURN_PIPELINE, Sandbox, churn_project

_DAYS = """\
from airflow.timetables.simple import OnceTimetable

class Days(OnceTimetable):
    pass

class Moody(Days):
    def serialize(self):
        raise RuntimeError("not today")

class Leaving(Days):
    def __init__(self):
        raise SystemExit(3)
"""
_LOAD = """\
import json, sys
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.serialization.serialized_objects import DagSerialization

folder = Path(sys.argv[1])
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
stored = {dag_id: DagSerialization.to_dict(dag)["dag"] for dag_id, dag in bag.dags.items()}
print("\\n" + json.dumps({"dags": stored, "errors": bag.import_errors}))
"""
_PLUGINS = """\
from acme import Days, Moody
from airflow.plugins_manager import AirflowPlugin
from headrace_airflow.plugin import HeadracePlugin

class Timetables(AirflowPlugin):
    name = "acme"
    timetables = [Days, Moody]
"""


def scheduled(sandbox: Sandbox, name: str, schedule: str) -> None:
    sandbox.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + f"schedule: {schedule}\n")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = churn_project(tmp_path_factory.mktemp("timetables") / "project")
    sandbox.edit("conf/config.yaml", "defaults:", "schedule_packages: [acme, quitter]\ndefaults:")
    scheduled(sandbox, "days", "{timetable: {name: acme.Days}}")
    scheduled(sandbox, "moody", "{timetable: {name: acme.Moody}}")
    scheduled(sandbox, "leaving", "{timetable: {name: acme.Leaving}}")
    scheduled(sandbox, "quitting", "{timetable: {name: quitter.Days}}")
    scheduled(sandbox, "held", '{cron: "0 6 * * *", blackout: [{start: 2024-12-24, end: 2024-12-27}]}')
    scheduled(sandbox, "clocked", '{cron: "0 6 * * *"}')
    sandbox.write("acme.py", _DAYS)
    sandbox.write("quitter.py", "import sys\nsys.exit(4)\n")
    sandbox.headrace("compile")
    return sandbox


@pytest.fixture(scope="module")
def loaded(project: Sandbox) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(project.root), os.environ.get("PYTHONPATH", "")]))
        return load_in_airflow(project)


@pytest.fixture(scope="module")
def unpacked(project: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same where headrace is a folder on the path, and no package that has told Airflow of its plugin."""
    return load_unpacked(project, tmp_path_factory.mktemp("unpacked"))


#: The folders that the packages are in.
_SOURCES = [str(Path(str(package.__file__)).parents[1]) for package in (headrace, headrace_airflow)]


def load_unpacked(project: Sandbox, folder: Path, plugin: str = "") -> dict[str, Any]:
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith("headrace") and path.suffix != ".pth":
            (folder / "site").mkdir(exist_ok=True)
            (folder / "site" / path.name).symlink_to(path)
    if plugin:
        (folder / "plugins").mkdir()
        (folder / "plugins" / "timetables.py").write_text(plugin)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "HEADRACE"))},
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join([str(project.root), *_SOURCES, str(folder / "site")]),
    }
    words = [sys.executable, "-S", "-c", _LOAD, str(project.root / "dags")]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def page(loaded: dict[str, Any], name: str) -> str:
    assert "broken" in loaded["dags"][name]["tags"]
    text: str = loaded["dags"][name]["doc_md"]
    return text


def test_a_timetable_that_no_plugin_names_breaks_its_pipeline_only(loaded: dict[str, Any]) -> None:
    assert loaded["errors"] == {}
    assert "broken" not in loaded["dags"]["clocked"]["tags"]
    assert "broken" not in loaded["dags"]["held"]["tags"]
    told = page(loaded, "days")
    assert "conf/pipeline/days.yaml:15:12: error HR309: this Airflow does not know `acme.Days`" in told
    assert "`timetables` of a plugin" in told


def test_a_module_that_ends_its_process_breaks_its_pipeline_only(loaded: dict[str, Any]) -> None:
    told = page(loaded, "quitting")
    assert "conf/pipeline/quitting.yaml:15:12: error HR309" in told
    assert "SystemExit: 4" in told


def test_what_ends_its_process_while_a_dag_is_built_breaks_its_pipeline_only(loaded: dict[str, Any]) -> None:
    assert "error HR144: what this pipeline needs ends the process: sys.exit(3)" in page(loaded, "leaving")


def test_without_headraces_plugin_a_blackout_breaks_its_pipeline_only(unpacked: dict[str, Any]) -> None:
    assert unpacked["errors"] == {}
    assert "broken" not in unpacked["dags"]["clocked"]["tags"]
    told = page(unpacked, "held")
    assert "conf/pipeline/held.yaml:15:31: error HR309: this Airflow does not know headrace's timetable" in told
    assert "from headrace_airflow.plugin import HeadracePlugin" in told


@pytest.fixture(scope="module")
def plugged(project: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return load_unpacked(project, tmp_path_factory.mktemp("plugged"), _PLUGINS)


def test_a_file_in_the_plugins_folder_is_enough(plugged: dict[str, Any]) -> None:
    assert plugged["errors"] == {}
    assert "broken" not in plugged["dags"]["held"]["tags"]
    assert plugged["dags"]["held"]["timetable"]["__type"] == "headrace_airflow.timetables.BlackoutTimetable"
    assert plugged["dags"]["days"]["timetable"]["__type"] == "acme.Days"


def test_a_timetable_that_fails_when_it_is_stored_breaks_its_pipeline_only(plugged: dict[str, Any]) -> None:
    told = page(plugged, "moody")
    assert "conf/pipeline/moody.yaml:15:12: error HR309: `acme.Moody` cannot be stored: RuntimeError: not today" in told
