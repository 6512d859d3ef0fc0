"""`headrace up` while the YAML is edited: a run keeps the plan that it began with, the next has the new one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from airflow_runs import free_port
from projects import Sandbox, churn_project
from scripted_stages import ScriptedStages

pytestmark = pytest.mark.slow

_SCRIPTED = "runtime: {retries: 0, python: bin/python}\n"
_CHURN = "conf/pipeline/churn.yaml"
_OWN = "from airflow.sdk import DAG\n\nwith DAG('own', schedule=None):\n    pass\n"


@dataclass(frozen=True)
class Served:
    """A project under `headrace up`, and what its stages are called with."""

    project: Sandbox
    port: int
    stages: ScriptedStages

    def ask(self, path: str, document: dict[str, Any] | None = None, method: str | None = None) -> Any:
        return self._ask(f"/api/v2/{path}", document, method, self._token())

    def _token(self) -> str:
        file = self.project.home / "airflow/server/simple_auth_manager_passwords.json.generated"
        said = {"username": "admin", "password": json.loads(file.read_text())["admin"]}
        return str(self._ask("/auth/token", said)["access_token"])

    def _ask(self, path: str, document: dict[str, Any] | None, method: str | None = None, token: str = "") -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        body = json.dumps(document).encode() if document is not None else None
        with urllib.request.urlopen(request, body, timeout=30) as answer:
            return json.load(answer)

    def dags(self) -> dict[str, dict[str, Any]]:
        return {dag["dag_id"]: dag for dag in self.ask("dags")["dags"]}

    def tags(self, dag: str) -> set[str]:
        return {tag["name"] for tag in self.dags()[dag]["tags"]}

    def version(self, dag: str) -> str:
        return str(self.dags()[dag]["bundle_version"])

    def trigger(self, dag: str) -> str:
        return str(self.ask(f"dags/{dag}/dagRuns", {"logical_date": None})["dag_run_id"])

    def run(self, dag: str, run: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(f"dags/{dag}/dagRuns/{quote(run)}")
        return found

    def begin(self) -> str:
        """Start a run of churn; it waits in its training stage until `go_on`."""
        (self.stages.folder / "go").unlink(missing_ok=True)
        before = len(self.stages.calls("churn", "train"))
        run = self.trigger("churn")
        wait(lambda: len(self.stages.calls("churn", "train")) > before)
        return run

    def go_on(self, run: str) -> dict[str, Any]:
        """Let a run end; what became of it."""
        (self.stages.folder / "go").touch()
        wait(lambda: self.run("churn", run)["state"] in {"success", "failed"})
        return self.run("churn", run)

    def plans(self, first: int) -> set[str]:
        """The plans that stages of churn were called with, from that call on."""
        return {call["argv"][call["argv"].index("--plan") + 1] for call in self.stages.calls("churn")[first:]}

    def calls(self) -> int:
        return len(self.stages.calls("churn"))


def wait(condition: Callable[[], object], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.5)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    project = churn_project(tmp_path_factory.mktemp("versions") / "a project")
    plain = (project.root / _CHURN).read_text() + _SCRIPTED
    project.write(_CHURN, plain)
    project.write("conf/pipeline/leaver.yaml", plain)
    project.write("dags/own.py", _OWN)
    stages = ScriptedStages.install(project, {"churn": {"train": [{"awaits": "go"}]}})
    port, out = free_port(), project.root / "up.out"
    words = [sys.executable, "-m", "headrace", "up", "--port", str(port), "--mlflow-port", str(free_port())]
    with out.open("wb") as file:
        process = subprocess.Popen(
            [*words, "--unpaused"], cwd=project.root, env=project.environment(), stdout=file, stderr=file
        )
    served = Served(project, port, stages)
    try:
        wait(lambda: "Ctrl-C" in out.read_text() or process.poll() is not None, 300)
        assert process.poll() is None, out.read_text()
        wait(lambda: {"churn", "leaver", "own"} <= served.dags().keys())
        yield served
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_each_pipeline_is_there_once_beside_somebodys_own_dag(served: Served) -> None:
    dags = served.dags()

    assert {name: dag["bundle_name"] for name, dag in dags.items()} == {
        **dict.fromkeys(("churn", "leaver"), "headrace"),
        "own": "dags-folder",
    }
    assert served.ask("importErrors")["total_entries"] == 0


def test_an_edit_in_mid_run_is_for_the_next_run(served: Served) -> None:
    calls, version = served.calls(), served.version("churn")
    run = served.begin()
    served.project.edit(_CHURN, "min: 0.6", "min: 0.7")
    wait(lambda: served.version("churn") != version)

    ended, later = served.go_on(run), served.calls()
    second = served.go_on(served.begin())

    assert (ended["state"], ended["bundle_version"]) == ("success", version)
    assert (second["state"], second["bundle_version"]) == ("success", served.version("churn"))
    (old,), (new,) = served.plans(calls) - served.plans(later), served.plans(later)
    assert old != new


def test_a_cleared_task_of_an_old_run_keeps_its_plan(served: Served) -> None:
    run = served.ask("dags/churn/dagRuns?order_by=run_after&limit=1")["dag_runs"][0]["dag_run_id"]
    calls = served.calls()
    (old,) = {call["argv"][call["argv"].index("--plan") + 1] for call in served.stages.calls("churn")[:1]}

    served.ask(
        "dags/churn/clearTaskInstances",
        {"dry_run": False, "dag_run_id": run, "task_ids": ["track"], "only_failed": False, "reset_dag_runs": True},
    )

    wait(lambda: served.calls() > calls and served.run("churn", run)["state"] == "success")
    assert served.plans(calls) == {old}


def test_what_breaks_in_mid_run_is_seen_and_the_run_goes_on(served: Served) -> None:
    calls = served.calls()
    run = served.begin()
    served.project.edit(_CHURN, "gates:", "gatez:")
    wait(lambda: "broken" in served.tags("churn"))

    ended = served.go_on(run)

    assert ended["state"] == "success"
    assert len(served.plans(calls)) == 1
    assert "gatez" in served.ask("dags/churn/details")["doc_md"]
    assert "broken" not in served.tags("leaver")
    served.project.edit(_CHURN, "gatez:", "gates:")
    wait(lambda: "broken" not in served.tags("churn"))


def test_a_deleted_pipelines_dag_goes_away(served: Served) -> None:
    (served.project.root / "conf/pipeline/leaver.yaml").unlink()

    wait(lambda: "leaver" not in served.dags())

    assert "churn" in served.dags()
