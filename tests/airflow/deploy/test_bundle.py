"""The bundle in a real Airflow's process: its versions, what moves them, and what finds them again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from projects import CHURN_PIPELINE, Sandbox, churn_project

_BEGIN = """\
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
"""
_STEPS = (
    _BEGIN
    + """\
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
)
#: Does something to the publishing process before it begins, and counts how often it was started.
_SABOTAGE = """\
import os, signal, sys, time
from pathlib import Path

if "headrace_airflow.deploy.publishing" in sys.orig_argv:
    with Path(__file__).with_name("starts").open("a") as file:
        file.write(f"{os.getpid()}\\n")
    DEED
"""
_TROUBLE = (
    _BEGIN
    + """\
import logging, os, signal, time
from headrace_airflow.deploy import bundle as module

told = []
class Told(logging.Handler):
    def emit(self, record):
        told.append(record.getMessage())
logging.getLogger(module.__name__).addHandler(Told())
logging.getLogger(module.__name__).setLevel("INFO")
whole = os.environ.get("PYTHONPATH", "")

def sabotaged(kind):
    os.environ["PYTHONPATH"] = os.pathsep.join([str(root / kind), whole])

def starts(kind):
    return [int(line) for line in (root / kind / "starts").read_text().split()]

processor = bundle()
before = version(processor)[0]
loader = processor.path / "dags/churn.py"

edit(churn.replace("min: 0.6", "min: 0.5"))
processor.refresh()
time.sleep(0.05)
between = time.time_ns()
edit(churn)
processor.refresh()
seen["back"] = {"same": version(processor)[0] == before, "touched": loader.stat().st_mtime_ns > between,
                "other": (processor.path / "dags/leaver.py").stat().st_mtime_ns > between}

manifest = json.loads((processor.path / "headrace.json").read_text())
damaged = root / ".headrace/deployed/files" / manifest["files"]["dags/churn.json"]
damaged.write_bytes(b"x" * damaged.stat().st_size)
shutil.rmtree(base.get_bundle_storage_root_path())
try:
    bundle()
except HeadraceError as error:
    seen["damaged"] = [error.message, error.remedy]
processor = bundle()
seen["published_again"] = [version(processor)[0] == before, load(processor)[0]["churn"][0]]

touched = loader.stat().st_mtime_ns
sabotaged("killed")
edit(churn.replace("min: 0.6", "min: 0.7"))
for _ in range(3):
    processor.refresh()
seen["killed"] = {"starts": len(starts("killed")), "loaded": load(processor), "same": version(processor)[0] == before,
                  "told": list(told), "touched": loader.stat().st_mtime_ns > touched}
os.environ["PYTHONPATH"] = whole
edit(churn.replace("min: 0.6", "min: 0.71"))
processor.refresh()
seen["mended"] = [load(processor)[0]["churn"][0], version(processor)[0] != before]

sabotaged("slow")
module.PATIENCE = 1.0
edit(churn.replace("min: 0.6", "min: 0.72"))
lasted = []
for _ in range(3):
    begun = time.monotonic()
    processor.refresh()
    lasted.append(time.monotonic() - begun)
seen["slow"] = {"starts": len(starts("slow")), "lasted": lasted, "loaded": load(processor)[0]}
[os.kill(pid, signal.SIGKILL) for pid in starts("slow")]

sabotaged("hydraless")
edit(churn.replace("min: 0.6", "min: 0.73"))
module.PATIENCE = 60.0
for _ in range(3):
    processor.refresh()
seen["hydraless"] = {"starts": len(starts("hydraless")), "loaded": load(processor)[0]["churn"]}
seen["log"] = (root / ".headrace/deployed/publishing.log").read_text()
print("\\n" + json.dumps(seen))
"""
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(_STEPS, tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(_TROUBLE, tmp_path_factory.mktemp("trouble"))


def run(steps: str, folder: Path) -> dict[str, Any]:
    """What the steps have seen of a project with two pipelines."""
    sandbox: Sandbox = churn_project(folder / "project")
    sandbox.write("conf/pipeline/leaver.yaml", CHURN_PIPELINE + "seed: 3\n")
    for kind, deed in {
        "killed": "os.kill(os.getpid(), signal.SIGKILL)",
        "slow": "time.sleep(120)",
        "hydraless": "pass",
    }.items():
        sandbox.write(f"{kind}/sitecustomize.py", _SABOTAGE.replace("DEED", deed))
    sandbox.write("hydraless/hydra/__init__.py", "raise RuntimeError('no hydra here')")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "HEADRACE"))},
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(folder / "bundles"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", steps, str(sandbox.root)], env=environment, capture_output=True, text=True, check=False
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


def test_a_publisher_that_is_killed_is_told_in_the_log_and_on_the_dags_that_changed(trouble: dict[str, Any]) -> None:
    killed = trouble["killed"]
    dags, errors = killed["loaded"]
    assert errors == {}
    assert killed["same"]
    assert "stale" in dags["churn"][0]
    assert "stale" not in dags["leaver"][0]
    (told,) = killed["told"]
    assert "['churn']" in told
    assert "could not be published since" in told
    assert "without a word" in told


def test_airflow_reads_a_dag_that_has_become_stale_again(trouble: dict[str, Any]) -> None:
    assert trouble["killed"]["touched"]


def test_a_publisher_that_broke_is_left_alone_until_something_changes(trouble: dict[str, Any]) -> None:
    assert trouble["killed"]["starts"] == 1
    assert trouble["mended"] == [["headrace"], True]


def test_a_publisher_that_takes_long_is_waited_for_once_and_has_no_other_beside_it(trouble: dict[str, Any]) -> None:
    first, *others = trouble["slow"]["lasted"]
    assert trouble["slow"]["starts"] == 1
    assert first > 1
    assert max(others) < 0.9
    assert "stale" in trouble["slow"]["loaded"]["churn"][0]


def test_what_could_not_be_compiled_is_not_tried_at_each_refresh(trouble: dict[str, Any]) -> None:
    assert trouble["hydraless"]["starts"] == 1
    assert "stale" in trouble["hydraless"]["loaded"][0]


def test_the_publishers_log_is_kept_from_one_start_to_the_next(trouble: dict[str, Any]) -> None:
    versions = [line for line in trouble["log"].splitlines() if len(line) == 64]
    assert len(set(versions)) >= 3


def test_a_dag_that_becomes_what_it_was_before_looks_changed_to_airflow(trouble: dict[str, Any]) -> None:
    assert trouble["back"] == {"same": True, "touched": True, "other": False}


def test_a_damaged_file_of_the_newest_version_is_told_and_published_again(trouble: dict[str, Any]) -> None:
    message, remedy = trouble["damaged"]
    assert "dags/churn.json of version" in message
    assert "published again" in remedy
    assert trouble["published_again"] == [True, ["headrace"]]
