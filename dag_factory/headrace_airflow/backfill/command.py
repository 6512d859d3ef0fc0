"""What `headrace backfill` does: asks Airflow which intervals lack a run, makes those runs, tells how they end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from headrace.counted import counted
from headrace.errors import EXIT_FAILED, EXIT_OK
from headrace.plan.model import Plan
from headrace_airflow.backfill.api import AirflowApi
from headrace_airflow.table import aligned

#: What --reprocess and `schedule.backfill.reprocess` take: Airflow's words.
REPROCESS = ("none", "failed", "completed")
_ENDED = {"success", "failed"}
_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to have run."""

    begin: datetime
    end: datetime
    """In the schedule's zone."""
    dry_run: bool
    reprocess: str
    max_active_runs: int
    wait: bool


def backfill(api: AirflowApi, plan: Plan, request: Request) -> int:
    """Make a run for each interval that has none; 1 if one of them fails and somebody waits for it, else 0.

    Asked again, it finds nothing left to do. UsageError for what Airflow refuses; ServiceError.
    """
    body = {
        "dag_id": plan.pipeline,
        "from_date": request.begin.isoformat(),
        "to_date": request.end.isoformat(),
        "reprocess_behavior": request.reprocess,
        "max_active_runs": request.max_active_runs,
    }
    missing = api.post("backfills/dry_run", body)["backfills"]
    print(_planned(plan.pipeline, missing, request))
    if request.dry_run or not missing:
        return EXIT_OK
    made = api.post("backfills", body)
    print(f"backfill {made['id']} is under way at {api.address}/dags/{quote(plan.pipeline)}/backfills")
    if api.get(f"dags/{quote(plan.pipeline)}")["is_paused"]:
        print(f"{plan.pipeline} is paused: its runs begin when somebody unpauses it in Airflow")
    return _wait(api, plan.pipeline, missing) if request.wait else EXIT_OK


def _planned(name: str, missing: Sequence[Mapping[str, Any]], request: Request) -> str:
    between = f"{request.begin:%Y-%m-%d} to {request.end:%Y-%m-%d} ({request.begin.tzinfo})"
    if not missing:
        return f"{name}: every interval from {between} has its run already"
    verb = "would be made" if request.dry_run else "are made"
    rows = [_interval(entry) for entry in missing]
    return "\n".join([f"{name}: {counted(len(rows), 'run')} {verb}, {between}", *(f"  {row}" for row in rows)])


def _interval(entry: Mapping[str, Any]) -> str:
    return str(entry.get("partition_key") or entry.get("logical_date"))


def _wait(api: AirflowApi, name: str, missing: Sequence[Mapping[str, Any]]) -> int:
    """Tell of each run as it ends, and of all of them at the end."""
    wanted = {_interval(entry) for entry in missing}
    told: dict[str, str] = {}
    while len(told) < len(wanted):
        for run in _runs(api, name):
            interval = _interval(run)
            if interval in wanted and interval not in told and run["state"] in _ENDED:
                told[interval] = run["state"]
                print(f"  {interval}: {run['state']} ({run['dag_run_id']})", flush=True)
        time.sleep(_PAUSE if len(told) < len(wanted) else 0)
    failed = sum(state == "failed" for state in told.values())
    print(aligned([("runs", "succeeded", "failed"), (str(len(told)), str(len(told) - failed), str(failed))]))
    return EXIT_FAILED if failed else EXIT_OK


def _runs(api: AirflowApi, name: str) -> list[Mapping[str, Any]]:
    """All runs that backfills made, page by page."""
    found: list[Mapping[str, Any]] = []
    path = f"dags/{quote(name)}/dagRuns"
    while True:
        page = api.get(path, run_type="backfill", limit="100", offset=str(len(found)))
        found += page["dag_runs"]
        if len(found) >= page["total_entries"] or not page["dag_runs"]:
            return found
