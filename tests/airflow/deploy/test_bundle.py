"""The bundle in a real Airflow's process: its versions, what moves them, and what finds them again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from projects import CHURN_PIPELINE, Sandbox, churn_project

_STEPS = """\
import json, shutil, sys, threading, warnings
from pathlib import Path
from airflow.dag_processing.bundles import base
from airflow.dag_processing.bundles.base import unpack_bundle_version
from airflow.dag_processing.dagbag import BundleDagBag
from headrace.errors import HeadraceError
from headrace_airflow.deploy.bundle import HeadraceBundle

root, conf = Path(sys.argv[1]), Path(sys.argv[1]) / "conf/pipeline"
churn = (conf / "churn.yaml").read_text()
seen = {}

def bundle(version=None):
    made = HeadraceBundle(name="headrace", project=str(root), version=version, view_url_template="https://x/{version}")
    made.initialize()
    return made

def version(made):
    return unpack_bundle_version(made.get_current_version(), made)

def load(made):
    bag = BundleDagBag(dag_folder=made.path, bundle_path=made.path, bundle_name="headrace")
    return {dag_id: [sorted(dag.tags), dag._plan if hasattr(dag, "_plan") else dag.doc_md[-400:], dag.relative_fileloc]
            for dag_id, dag in bag.dags.items()}, bag.import_errors

def edit(text):
    (conf / "churn.yaml").write_text(text)

processor = bundle()
first, data = version(processor)
seen["first"], seen["data"], seen["loaded"] = first, data, load(processor)
seen["url"] = processor.view_url_template()
published = (root / ".headrace/deployed/newest.json").stat().st_mtime_ns
processor.refresh()
seen["unchanged"] = version(processor)[0] == first
seen["not_published_again"] = (root / ".headrace/deployed/newest.json").stat().st_mtime_ns == published
edit("# a comment\\n" + churn if not churn.startswith("# @package") else churn + "\\n# a comment\\n")
processor.refresh()
seen["comment"] = version(processor)[0] == first
edit(churn.replace("min: 0.6", "min: 0.7"))
others = [bundle() for _ in range(3)]
threads = [threading.Thread(target=each.refresh) for each in (processor, *others)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
seen["second"] = sorted({version(each)[0] for each in (processor, *others)})
seen["pinned"] = [str(bundle(first).path.name), load(bundle(first))[0]["churn"][1] == seen["loaded"][0]["churn"][1]]
edit(churn.replace("gates:", "gatez:"))
processor.refresh()
seen["broken"] = load(processor)
shutil.rmtree(base.get_bundle_storage_root_path())
again = bundle(first)
seen["restored"] = [version(again)[0], load(again)[0]["churn"][0]]
edit(churn)
(conf / "leaver.yaml").unlink()
again = bundle()
again.refresh()
seen["gone"] = sorted(load(again)[0])
try:
    bundle("0" * 64)
except HeadraceError as error:
    seen["unknown"] = [error.message, error.remedy]
seen["hydra"] = "hydra" in sys.modules or "omegaconf" in sys.modules
print("\\n" + json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("bundle")
    sandbox: Sandbox = churn_project(folder / "project")
    sandbox.write("conf/pipeline/leaver.yaml", CHURN_PIPELINE + "seed: 3\n")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "HEADRACE"))},
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(folder / "bundles"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", _STEPS, str(sandbox.root)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def test_a_version_is_the_digest_of_the_set_and_its_dags_load(seen: dict[str, Any]) -> None:
    dags, errors = seen["loaded"]
    assert len(seen["first"]) == 64
    assert seen["data"]["pipelines"] == 2
    assert errors == {}
    assert sorted(dags) == ["churn", "leaver"]
    assert dags["churn"][2] == "dags/churn.py"
    assert seen["url"] == "https://x/{version}"


def test_what_did_not_change_is_not_published_again(seen: dict[str, Any]) -> None:
    assert seen["unchanged"]
    assert seen["not_published_again"]
    assert seen["comment"]


def test_an_edit_is_one_new_version_however_many_refresh_at_once(seen: dict[str, Any]) -> None:
    (second,) = seen["second"]
    assert second != seen["first"]


def test_a_pinned_version_stays_as_it_was(seen: dict[str, Any]) -> None:
    assert seen["pinned"] == [seen["first"], True]


def test_a_version_is_found_again_when_its_folder_was_cleaned_away(seen: dict[str, Any]) -> None:
    assert seen["restored"][0] == seen["first"]
    assert "broken" not in seen["restored"][1]


def test_a_broken_pipeline_is_a_new_version_in_which_it_says_so(seen: dict[str, Any]) -> None:
    dags, errors = seen["broken"]
    assert errors == {}
    assert dags["churn"][0] == ["broken", "headrace"]
    assert "broken" not in dags["leaver"][0]


def test_a_pipeline_that_is_gone_is_in_no_new_version(seen: dict[str, Any]) -> None:
    assert seen["gone"] == ["churn"]


def test_a_version_that_nobody_published_is_said_so(seen: dict[str, Any]) -> None:
    message, remedy = seen["unknown"]
    assert "is not in" in message
    assert "the same state" in remedy


def test_hydra_stays_out_of_airflows_process(seen: dict[str, Any]) -> None:
    assert seen["hydra"] is False
