"""What a store keeps of a run, so that another process can go on with it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from headrace.errors import UsageError
from headrace.plan.model import Plan
from headrace.run.outcome import Outcome
from headrace.store import Store

_SAFE = re.compile(r"[^A-Za-z0-9_.+-]+")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run's identity: one plan and one clock from its first stage to its last."""

    run_id: str
    pipeline: str
    plan_digest: str
    as_of: str | None
    started: str

    def to_json(self, status: str) -> dict[str, Any]:
        """The stored document."""
        return {
            "run_id": self.run_id,
            "pipeline": self.pipeline,
            "plan": self.plan_digest,
            "as_of": self.as_of,
            "started": self.started,
            "status": status,
        }


def safe_name(run_id: str) -> str:
    """A run id as a file name: other schedulers' ids have colons and slashes."""
    return _SAFE.sub("_", run_id)


def new_run_id(pipeline: str) -> str:
    """A name that sorts by time within its pipeline."""
    return f"{safe_name(pipeline)}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"


@contextmanager
def open_run(store: Store, plan: Plan, as_of: datetime | None) -> Iterator[RunRecord]:
    """A run of this plan and clock: the one that was cut off, if there is one, else a new one.

    A run that is still going on elsewhere is left alone.
    """
    last = store.get_document("latest", safe_name(plan.pipeline)) or {}
    record = _unfinished(store, plan, as_of, str(last.get("run_id")))
    with ExitStack() as held:
        if record is None or not _take_over(store, record, held):
            run_id = new_run_id(plan.pipeline)
            record = RunRecord(run_id, plan.pipeline, plan.digest, _iso(as_of), datetime.now(UTC).isoformat())
            held.enter_context(store.lock(f"run-{run_id}"))
            begin(store, plan, record)
        yield record


def _take_over(store: Store, record: RunRecord, held: ExitStack) -> bool:
    """Hold the lock of a run whose process is gone; False if it is alive."""
    try:
        held.enter_context(store.lock(f"run-{record.run_id}", wait=False))
    except BlockingIOError:
        return False
    return True


def _unfinished(store: Store, plan: Plan, as_of: datetime | None, run_id: str) -> RunRecord | None:
    document = store.get_document("runs", run_id)
    if not document or document["status"] != "running":
        return None
    if (document["plan"], document["as_of"]) != (plan.digest, _iso(as_of)):
        return None
    return _record(document)


def begin(store: Store, plan: Plan, record: RunRecord) -> None:
    """Make the run known: its plan first, then the run, then that it is the latest."""
    if store.get_document("plans", plan.digest) is None:
        store.put_document("plans", plan.digest, plan.to_json())
    store.put_document("runs", record.run_id, record.to_json("running"))
    store.put_document("latest", safe_name(plan.pipeline), {"run_id": record.run_id})


def _begin_once(store: Store, plan: Plan, record: RunRecord) -> dict[str, Any]:
    """As `begin`, for a run that several may begin at once: the document of the first."""
    if store.get_document("plans", plan.digest) is None:
        store.put_document("plans", plan.digest, plan.to_json())
    document = store.create_document("runs", record.run_id, record.to_json("running"))
    store.put_document("latest", safe_name(plan.pipeline), {"run_id": record.run_id})
    return document


def finish(store: Store, record: RunRecord, status: str) -> None:
    """Say how the run ended."""
    store.put_document("runs", record.run_id, record.to_json(status))


def join_run(store: Store, plan: Plan, run_id: str, as_of: datetime | None) -> RunRecord:
    """The run that a scheduler names; made at its first stage. UsageError if it runs another plan or clock."""
    name = safe_name(run_id)
    document = store.get_document("runs", name)
    if document is None:
        record = RunRecord(name, plan.pipeline, plan.digest, _iso(as_of), datetime.now(UTC).isoformat())
        document = _begin_once(store, plan, record)
    if document["plan"] != plan.digest:
        raise UsageError(
            f"run {run_id} began with plan {document['plan'][:12]}, not {plan.digest[:12]}",
            remedy="a run keeps its plan to the end: start a new run for the new plan",
        )
    return _record(document)


def latest_runs(store: Store, pipeline: str) -> Iterator[dict[str, Any]]:
    """The documents of a pipeline's runs, the latest first; all but the first are looked for only when asked for."""
    latest = store.get_document("latest", safe_name(pipeline)) or {}
    first = store.get_document("runs", str(latest.get("run_id")))
    if first is not None:
        yield first
    own = [document for _, document in store.documents("runs") if document["pipeline"] == pipeline]
    for document in sorted(own, key=lambda run: str(run["started"]), reverse=True):
        if document["run_id"] != latest.get("run_id"):
            yield document


def _record(document: dict[str, Any]) -> RunRecord:
    return RunRecord(document["run_id"], document["pipeline"], document["plan"], document["as_of"], document["started"])


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def note_outcome(store: Store, run_id: str, outcome: Outcome) -> None:
    """Remember which action a stage of this run ended with: what comes after it reads that one."""
    if outcome.action is not None or outcome.status == "skipped":
        document = {
            "status": outcome.status,
            "key": outcome.action.key if outcome.action else None,
            "seconds": outcome.seconds,
            "observed": outcome.observed,
        }
        store.put_document(f"runs/{run_id}", outcome.name, document)


def noted_outcome(store: Store, run_id: str, stage: str) -> Outcome | None:
    """What a stage of this run ended with, if its results are still there."""
    document = store.get_document(f"runs/{run_id}", stage)
    if document is None:
        return None
    if document["key"] is None:
        return Outcome(stage, document["status"])
    action = store.find(document["key"])
    if action is None:
        return None
    return Outcome(stage, document["status"], document["seconds"], action, document["observed"])
