"""Mapped tasks in Airflow's own hands: which member and which values each stage's process is told of.

The stages are scripted at the process boundary; Airflow, the plans and the database are real.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import copy_database, project_of
from headrace_airflow.local.settings import airflow_home, airflow_settings, clean_environment
from projects import CHURN_PIPELINE, Sandbox, churn_project
from scripted_stages import ScriptedStages

EACH = """\
runtime: {python: bin/python, retries: 0}
for_each: {plan: [basic, plus, gold]}
dataset: {where: {plan: "${each:plan}"}}
params:
  window: {at: split.test}
  least: {at: gates.0.min, min: 0.5}
"""
GATES = [{"passed": False, "reason": "roc_auc 0.61 is below 0.65 by 0.04"}]
REFUSAL = {"exit": 3, "document": {"stage": "gate", "status": "refused", "facts": {"gates": GATES}}}
SKIPPED = {"document": {"stage": "register", "status": "skipped"}}
WRONG_DATA = {"exit": 65, "document": {"stage": "split", "status": "failed", "diagnostics": []}}
#: Stage -> member -> what its process does.
SCRIPT = {"split gold": [WRONG_DATA], "gate plus": [REFUSAL], "register plus": [SKIPPED]}

_RUN = """\
import json, sys
from pathlib import Path
from airflow.sdk import DagRunState
from headrace.project import Project
from headrace_airflow.commands.fleet import load_fleet
from headrace_airflow.local.settings import dags_folder

project = Project(Path(sys.argv[1]), Path(sys.argv[1]) / ".headrace")
dag = load_fleet(project, dags_folder(project)).dags["each"]
run = dag.test(run_conf=json.loads(sys.argv[2]))
found = [[i.task_id, i.map_index, i.rendered_map_index, str(i.state)] for i in run.get_task_instances()]
print("\\n" + json.dumps({"state": str(run.state), "tasks": found}))
"""


@dataclass(frozen=True)
class Ran:
    state: str
    tasks: dict[tuple[str, int], str]
    names: set[str | None]
    calls: list[list[str]]

    def call(self, stage: str, member: str | None = None) -> list[str] | None:
        wanted = f"--member={member}"
        found = [words for words in self.calls if words[4] == stage and (member is None or wanted in words)]
        return found[0] if found else None


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Ran:
    project = churn_project(tmp_path_factory.mktemp("each") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    project.write("conf/pipeline/each.yaml", CHURN_PIPELINE.replace("categorical: [plan]", "categorical: []") + EACH)
    copy_database(migrated, project)
    stages = ScriptedStages.install(project, {"each": SCRIPT})
    document = _run(project, {"window": "14d", "unknown": 1})
    return Ran(
        document["state"],
        {(task, index): state for task, index, _, state in document["tasks"]},
        {name for task, _, name, _ in document["tasks"] if task == "gate"},
        [call["argv"] for call in stages.calls("each")],
    )


def _run(project: Sandbox, conf: dict[str, Any]) -> dict[str, Any]:
    opened = project_of(project)
    environment = {
        **clean_environment(airflow_settings(opened, airflow_home(opened, "check"))),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
    }
    words = [sys.executable, "-c", _RUN, str(project.root), json.dumps(conf)]
    done = subprocess.run(words, cwd=project.root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_what_is_shared_runs_once_and_names_no_member(ran: Ran) -> None:
    calls = [words for words in ran.calls if words[4] == "ingest"]

    assert len(calls) == 1
    assert not any(word.startswith("--member") for word in calls[0])


def test_a_failing_member_stops_only_its_own_tasks(ran: Ran) -> None:
    assert {index: ran.tasks["train", index] for index in range(3)} == {
        0: "success",
        1: "success",
        2: "upstream_failed",
    }
    assert ran.tasks["track", 0] == "success"


def test_a_refusal_skips_what_follows_for_that_member_alone(ran: Ran) -> None:
    assert [ran.tasks[name, 1] for name in ("gate", "register", "promote", "track")] == [
        "success",
        "skipped",
        "skipped",
        "success",
    ]
    assert ran.tasks["promote", 0] == "success"


def test_tasks_are_called_by_their_member(ran: Ran) -> None:
    assert {"basic", "plus"} <= ran.names


def test_the_run_is_red_since_a_member_failed(ran: Ran) -> None:
    assert ran.tasks["summary", -1] == "failed"
    assert ran.state == "failed"


def test_what_the_run_was_started_with_reaches_every_stage_alike(ran: Ran) -> None:
    told = {tuple(word for word in words if word.startswith("--param")) for words in ran.calls}

    assert told == {('--param=window="14d"',)}
