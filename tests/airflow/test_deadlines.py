"""A run that is late: Airflow's own trigger calls the function that it was told of, and a real server hears of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from airflow_runs import load_in_airflow
from projects import CHURN_PIPELINE, Sandbox, churn_project
from webhooks import inbox

_MISS = """\
import asyncio, json, sys
from airflow.triggers.callback import CallbackTrigger

async def run(callback, context):
    trigger = CallbackTrigger(callback["path"], {**callback["kwargs"], "context": context})
    return [event.payload["state"] async for event in trigger.run()]

callback, context = json.loads(sys.argv[1])
print(json.dumps([str(getattr(state, "value", state)) for state in asyncio.run(run(callback, context))]))
"""
#: What Airflow says of the run.
CONTEXT = {
    "dag_run": {
        "dag_id": "late",
        "dag_run_id": "scheduled__2026-01-01",
        "run_after": "2026-01-01T00:00:00Z",
        "start_date": "2026-01-01T00:00:05Z",
        "data_interval_end": None,
    },
    "deadline": {"id": "1", "deadline_time": "2026-01-01T02:00:00Z"},
}


def miss(project: Sandbox, callback: dict[str, Any], **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _MISS, json.dumps([callback, CONTEXT])],
        cwd=project.root,
        env={**project.environment(), **environment, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        capture_output=True,
        text=True,
        check=True,
    )
    states: list[str] = json.loads(done.stdout.splitlines()[-1])
    return states


def test_who_is_to_hear_of_it_hears_that_a_run_is_late(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    deadline = 'notify: [{type: webhook, url: "${secret:HOOK}"}]\ndag: {deadlines: [{within: 26h}]}\n'
    project.write("conf/pipeline/late.yaml", CHURN_PIPELINE + deadline)
    project.headrace("compile")
    dag = load_in_airflow(project)["dags"]["late"]
    (alert,) = dag["deadline"]
    stored = alert["__var"]["callback"]["__data__"] if "__var" in alert else alert["callback"]["__data__"]
    callback = {"path": stored["path"], "kwargs": _plain(stored["kwargs"])}

    with inbox() as box:
        hook = f"{box.address}/late"
        states = miss(project, callback, HOOK=hook)
        (sent,) = box.at("/late")

    assert states == ["running", "success"]
    assert sent["event"] == "deadline"
    assert sent["pipeline"] == "late"
    assert sent["run_id"] == "scheduled__2026-01-01"
    assert "within 1d2h after it was queued" in sent["message"]
    assert hook not in json.dumps(dag)


def _plain(value: Any) -> Any:
    """Without the wrappers of Airflow's serialisation."""
    if isinstance(value, dict):
        return _plain(value["__var"]) if "__var" in value else {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
