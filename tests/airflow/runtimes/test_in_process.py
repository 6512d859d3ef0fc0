"""Stages in the task's own process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from projects import churn_project

_RUN = """\
import json, os, sys
from pathlib import Path
from headrace_airflow.runtimes.in_process import StageInProcess
from headrace_airflow.runtimes.process import StageCommand

words, root, home = json.loads(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
environment = {**os.environ, "HEADRACE_PROJECT": str(root), "HEADRACE_HOME": home, "OWN": "1"}
before, folder, said = dict(os.environ), os.getcwd(), []

def say(line):
    said.append(line)
    print("log:", line)  # a handler that asks for stdout now must not come back to us

ended = StageInProcess(StageCommand(tuple(words), environment, root, ("s3cret",)), say).run()
same = dict(os.environ) == before and os.getcwd() == folder
print(json.dumps({"code": ended.code, "document": ended.document, "said": said, "same": same}))
"""


def run(root: Path, home: Path, *words: str) -> dict[str, object]:
    import json

    done = subprocess.run(
        [sys.executable, "-c", _RUN, json.dumps(words), str(root), str(home)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "AIRFLOW_HOME": str(home / "airflow")},
    )
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_stage_runs_and_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")

    found = run(project.root, project.home, "stage", "churn", "ingest", "split", "--run-id", "r1")

    assert found["code"] == 0, found
    assert [stage["name"] for stage in found["document"]["stages"]] == ["ingest", "split"]  # type: ignore[index]
    assert [str(line).partition(" in ")[0] for line in found["said"]] == [  # type: ignore[attr-defined]
        "ingest: started",
        "ingest: ran",
        "split: started",
        "split: ran",
    ]
    assert found["same"]


def test_what_is_wrong_has_its_exit_code(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")

    assert run(project.root, project.home, "stage", "churn", "nonsense", "--run-id", "r1")["code"] == 2
    assert run(project.root, project.home, "stage", "churn", "--nonsense")["code"] == 2
