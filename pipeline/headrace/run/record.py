"""What a store keeps of a run, so that another process can go on with it."""

from __future__ import annotations

import re
import uuid
from bisect import insort
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from headrace.clock import as_utc
from headrace.errors import UsageError
from headrace.plan.model import Plan
from headrace.run.outcome import Outcome
from headrace.store import Store

_SAFE = re.compile(r"[^A-Za-z0-9_.+-]+")
#: A shared disk has a clock of its own.
_CLOCKS_DIFFER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run's identity: one plan and one clock from its first stage to its last."""

    run_id: str
    pipeline: str
    plan_digest: str
    as_of: str | None
    started: str
    scope: str = ""
    """Whose run it is, where that is not the pipeline as a whole: one member's."""
    part_of: str | None = None
    """The run that this is a member's part of: stages that all members share are noted there."""
    template: str | None = None
    """Digest of the plan that was filled for this run, where one was."""

    def to_json(self, status: str) -> dict[str, Any]:
        """The stored document."""
        more = {"scope": self.scope, "part_of": self.part_of, "template": self.template}
        return {
            **{name: value for name, value in more.items() if value},
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
    last = store.get_document("latest", safe_name(plan.scope)) or {}
    record = _unfinished(store, plan, as_of, str(last.get("run_id")))
    with ExitStack() as held:
        if record is None or not _take_over(store, record, held):
            record = _new(plan, new_run_id(plan.scope), as_of)
            run_id = record.run_id
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
    store.put_document("latest", safe_name(plan.scope), {"run_id": record.run_id})


def _begin_once(store: Store, plan: Plan, record: RunRecord) -> dict[str, Any]:
    """As `begin`, for a run that several may begin at once: the document of the first."""
    if store.get_document("plans", plan.digest) is None:
        store.put_document("plans", plan.digest, plan.to_json())
    document = store.create_document("runs", record.run_id, record.to_json("running"))
    store.put_document("latest", safe_name(plan.scope), {"run_id": record.run_id})
    return document


def finish(store: Store, record: RunRecord, status: str) -> None:
    """Say how the run ended."""
    store.put_document("runs", record.run_id, record.to_json(status))


def join_run(
    store: Store,
    plan: Plan,
    run_id: str,
    as_of: datetime | None,
    *,
    part_of: str | None = None,
    template: str | None = None,
) -> RunRecord:
    """The run that a scheduler names; made at its first stage. UsageError if it runs another plan or clock."""
    name = safe_name(run_id)
    document = store.get_document("runs", name)
    if document is None:
        record = replace(_new(plan, name, as_of), part_of=part_of and safe_name(part_of), template=template)
        document = _begin_once(store, plan, record)
    if document["plan"] != plan.digest:
        raise UsageError(
            f"run {run_id} began with plan {document['plan'][:12]}, not {plan.digest[:12]}",
            remedy="a run keeps its plan to the end: start a new run for the new plan",
        )
    if document["as_of"] != _iso(as_of):
        began, now = (moment or "everything there was" for moment in (document["as_of"], _iso(as_of)))
        raise UsageError(
            f"run {run_id} began with data up to {began}, not {now}",
            remedy="a run keeps its clock to the end: give every stage the same --as-of, or start a new run",
        )
    return _record(document)


def record_of(store: Store, run_id: str) -> RunRecord | None:
    """The run of that name, if the store knows it."""
    document = store.get_document("runs", safe_name(run_id))
    return _record(document) if document else None


def member_run_id(run_id: str, member: str) -> str:
    """The name of one member's part of a run."""
    return f"{run_id}+{member}"


def _new(plan: Plan, run_id: str, as_of: datetime | None) -> RunRecord:
    scope = plan.scope if plan.scope != plan.pipeline else ""
    return RunRecord(run_id, plan.pipeline, plan.digest, _iso(as_of), datetime.now(UTC).isoformat(), scope)


def latest_runs(store: Store, scope: str) -> Iterator[dict[str, Any]]:
    """The documents of a pipeline's runs, or of a member's (`Plan.scope`), the latest first.

    All but the first are looked for only when asked for, and no more of them are read than it takes.
    """
    latest = store.get_document("latest", safe_name(scope)) or {}
    first = store.get_document("runs", str(latest.get("run_id")))
    if first is not None:
        yield first
    yield from (run for run in _by_start(store, scope) if run["run_id"] != latest.get("run_id"))


def _by_start(store: Store, scope: str) -> Iterator[dict[str, Any]]:
    """The runs, the last started first: none has started long after its document was written."""
    found: list[dict[str, Any]] = []
    for written, document in store.recent_documents("runs"):
        while found and _started(found[-1]) >= (written + _CLOCKS_DIFFER).isoformat():
            yield found.pop()
        if _scope(document) == scope:
            insort(found, document, key=_started)
    yield from reversed(found)


def _started(document: Mapping[str, Any]) -> str:
    return str(document["started"])


def _scope(document: Mapping[str, Any]) -> str:
    return str(document.get("scope") or document["pipeline"])


def _record(document: Mapping[str, Any]) -> RunRecord:
    return RunRecord(
        document["run_id"],
        document["pipeline"],
        document["plan"],
        document["as_of"],
        document["started"],
        document.get("scope", ""),
        document.get("part_of"),
        document.get("template"),
    )


def _iso(moment: datetime | None) -> str | None:
    return as_utc(moment).isoformat() if moment else None


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


def note_failure(store: Store, run_id: str, stage: str, message: str) -> None:
    """Remember why a stage of this run failed the last time: whoever sums up several runs says it again."""
    store.put_document("failures", run_id, {"stage": stage, "message": message})


def noted_failure(store: Store, run_id: str, stage: str) -> str:
    """Why that stage of this run failed; empty if that is not known."""
    document = store.get_document("failures", run_id) or {}
    return str(document["message"]) if document.get("stage") == stage else ""


def noted_outcome(store: Store, record: RunRecord, stage: str) -> Outcome | None:
    """What a stage of this run ended with, or of the run that it is a part of, if its results are still there."""
    document = store.get_document(f"runs/{record.run_id}", stage)
    if document is None and record.part_of:
        document = store.get_document(f"runs/{record.part_of}", stage)
    if document is None:
        return None
    if document["key"] is None:
        return Outcome(stage, document["status"])
    action = store.find(document["key"])
    if action is None:
        return None
    return Outcome(stage, document["status"], document["seconds"], action, document["observed"])
