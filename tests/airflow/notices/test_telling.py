"""Airflow's own DAG processor calls back for a built folder, where the project is not; a real server hears of it."""

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

from canaries import sightings
from projects import CHURN_PIPELINE, churn_project
from webhooks import Inbox, inbox

NOTIFY = """
notify:
  - {type: webhook, url: "${secret:ALERT_URL}", events: [failed, refused, succeeded, deadline]}
  - {type: function, name: my_alerts.page, events: [failed]}
  - {type: webhook, url: "${secret:NOT_HERE}", events: [failed, succeeded]}
"""
ALERTS = """\
import os

def page(notice):
    print("paging:", notice.headline, "in", os.listdir(), "sees", sorted(os.environ))
"""
_CALL = """\
import json, logging, sys
from pathlib import Path
import structlog
from airflow.callbacks.callback_requests import DagCallbackRequest, TaskCallbackRequest
from airflow.dag_processing import processor
from airflow.dag_processing.dagbag import BundleDagBag

logging.basicConfig(stream=sys.stderr, level=logging.INFO, force=True)
folder = Path(sys.argv[1])
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="built")
assert not bag.import_errors, bag.import_errors
for request in json.loads(sys.argv[2]):
    if "ti" in request:
        processor._execute_task_callbacks(bag, TaskCallbackRequest(**request), structlog.get_logger())
    else:
        processor._execute_dag_callbacks(bag, DagCallbackRequest(**request), structlog.get_logger())
"""
#: A task fails that is none of ours, and its words are its own.
_FAIL = """\
import json, logging, sys
from datetime import UTC, datetime
from types import SimpleNamespace
from airflow.sdk.log import mask_secret
from headrace_airflow.notices import Notifier
from headrace_airflow.site import Site

logging.basicConfig(stream=sys.stderr, level=logging.INFO, force=True)
root, home, notify, masked, said = json.loads(sys.argv[1])
mask_secret(masked)
noon = datetime(2026, 1, 1, tzinfo=UTC)
run = SimpleNamespace(
    dag_id="churn", run_id="r", run_after=noon, start_date=noon, clear_number=0, data_interval_end=None
)
context = {"dag_run": run, "ti": SimpleNamespace(task_id="load", run_id="r"), "exception": RuntimeError(said)}
Notifier(Site(root, home), "churn", notify).task_failed(context)
"""
MOMENT = "2026-01-01T00:00:00Z"
IDS = {"dag_id": "churn", "run_id": "scheduled__2026-01-01"}
RUN = {
    **IDS,
    **dict.fromkeys(("logical_date", "data_interval_start", "data_interval_end", "run_after", "start_date"), MOMENT),
    "end_date": None,
    "run_type": "scheduled",
    "state": "failed",
    "partition_key": None,
    "consumed_asset_events": [],
}
TI = {**IDS, "task_id": "train", "try_number": 1, "id": "0" * 32, "dag_version_id": "1" * 32}
FILE = {"filepath": "churn.py", "bundle_name": "built", "bundle_version": None}
RUN_FAILED = {**FILE, **IDS, "context_from_server": {"dag_run": RUN, "last_ti": TI}, "msg": "timed_out"}
REQUESTS: dict[str, dict[str, Any]] = {
    "run failed": RUN_FAILED,
    "run failed, with nothing said of it": {**RUN_FAILED, "context_from_server": None},
    "run succeeded": {**RUN_FAILED, "is_failure_callback": False, "msg": "success"},
    "task failed": {**FILE, "ti": TI, "context_from_server": {"dag_run": RUN, "max_tries": 0}, "msg": "killed"},
}


@dataclass(frozen=True)
class Told:
    box: Inbox
    said: str


def in_airflow(folder: Path, words: list[str], **environment: str) -> str:
    """What a process with Airflow in it says; its folder and settings have nothing of a project."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HEADRACE_", "AIRFLOW_", "MLFLOW_"))}
    settings = {"AIRFLOW_HOME": str(folder / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    done = subprocess.run(
        [sys.executable, "-c", *words],
        cwd=folder,
        env={**kept, **settings, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built folder; the project that it was built from is not here any more."""
    folder = tmp_path_factory.mktemp("telling")
    project = churn_project(folder / "project")
    project.write("conf/pipeline/churn.yaml", CHURN_PIPELINE + NOTIFY)
    project.write("my_alerts.py", ALERTS)
    project.edit("conf/config.yaml", "model_packages: []", "model_packages: [my_alerts]")
    done = project.headrace("dags", "build", "--out", str(folder / "built"))
    assert done.code == 0, done.err
    shutil.rmtree(project.root)
    (folder / "installed").mkdir()
    (folder / "installed" / "my_alerts.py").write_text(ALERTS)
    (folder / "elsewhere").mkdir()
    return folder


@pytest.fixture(params=["", "/nowhere/project"], ids=["not told of one", "not mounted"], scope="module")
def told(built: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, Told]]:
    places = {"HEADRACE_PROJECT": request.param} if request.param else {}
    places["PYTHONPATH"] = os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(built / "installed")])
    places["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{built}/airflow.db"
    with inbox() as box:
        found = {}
        for name, asked in REQUESTS.items():
            words = [_CALL, str(built / "built"), json.dumps([asked])]
            url = f"{box.address}/{name.replace(' ', '-')}"
            found[name] = Told(box, in_airflow(built / "elsewhere", words, ALERT_URL=url, **places))
        yield found


@pytest.mark.parametrize("name", REQUESTS)
def test_who_is_to_hear_of_it_hears_it_where_the_project_is_not(told: dict[str, Told], name: str) -> None:
    seen = told[name]

    (notice,) = seen.box.at(f"/{name.replace(' ', '-')}")

    assert notice["event"] == ("succeeded" if "succeeded" in name else "failed")
    assert notice["run_id"] == "scheduled__2026-01-01"
    assert (notice["mlflow"], notice["champion"]) == ("", "")
    assert "Callback failed" not in seen.said
    assert "Traceback" not in seen.said
    assert "no notice was sent to the webhook: the secret NOT_HERE" in seen.said


def test_a_reason_is_told_too(told: dict[str, Told]) -> None:
    (notice,) = told["run failed"].box.at("/run-failed")

    assert notice["message"] == "the run took longer than it may"


def test_a_function_is_called_in_an_empty_folder_and_sees_nothing_of_airflows(told: dict[str, Told]) -> None:
    (line,) = [line for line in told["task failed"].said.splitlines() if "paging: churn failed at train" in line]

    assert "in [] sees" in line
    assert "'PATH'" in line
    assert "AIRFLOW" not in line


def test_a_notice_quotes_no_secret_that_an_error_quotes(tmp_path: Path) -> None:
    masked, in_file, ambient, password = "s3cret-connection", "s3cret-in-file", "s3cret-token-1", "s3cret-password"
    stored = tmp_path / "secrets.yaml"
    stored.write_text(f"PATH_OF_HOOK: {in_file}\n")
    stored.chmod(0o600)
    said = f"{masked}: cannot log in to postgresql://me:{password}@db.team/x with {ambient}; /{in_file} and $HOOK"
    with inbox() as box:
        hook = f"{box.address}/hook"
        notify = [
            {"type": "webhook", "url": "${secret:HOOK}", "timeout": "10s"},
            {"type": "webhook", "url": f"{box.address}/${{secret:PATH_OF_HOOK}}", "timeout": "10s"},
            {"type": "slack", "url": f"{box.address}/slack", "timeout": "10s"},
            {"type": "log"},
        ]
        asked = [str(tmp_path), str(tmp_path / "home"), notify, masked, said.replace("$HOOK", hook)]
        words = [_FAIL, json.dumps(asked)]
        logged = in_airflow(
            tmp_path,
            words,
            HOOK=hook,
            HEADRACE_SECRETS_FILE=str(stored),
            SOME_API_TOKEN=ambient,
            PYTHONWARNINGS="ignore",
        )
        sent = [document for _, document in box.received]

    assert len(sent) == 3
    (notice,) = box.at("/hook")
    assert notice["message"] == "***: cannot log in to postgresql://db.team/x with ***; /*** and ***"
    texts = [logged, *map(json.dumps, sent)]
    assert list((tmp_path / "home/store/notices").iterdir())
    for secret in (masked, in_file, ambient, password, hook):
        assert sightings(secret, [tmp_path / "home"], texts) == []
