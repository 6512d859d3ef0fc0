"""Which run a task works for: its name in headrace's store, and the plan and the clock that it keeps to its end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from headrace.clock import as_utc
from headrace.errors import ConfigError, Diagnostic, Place, UsageError
from headrace_airflow.site import Site
from headrace_airflow.spec.model import ScheduleSpec

if TYPE_CHECKING:  # where a DAG is only read, nothing runs
    from headrace.store import LocalStore

_READABLE = 150
_UNPARTITIONED = ScheduleSpec()
#: Kinds of documents in the store: run -> the plan and clock it keeps; Airflow's run -> the name that it began with.
_PINS, _BEGUN = "airflow-plans", "airflow-runs"


class DagRun(Protocol):
    """What Airflow tells a task of its run."""

    dag_id: str
    run_id: str
    run_after: datetime
    start_date: datetime | None
    clear_number: int | None
    data_interval_end: datetime | None
    partition_key: str | None
    partition_date: datetime | None


def run_name(dag_run: DagRun) -> str:
    """A name for an attempt at a run: readable, a file name, and different whenever people begin it, or again.

    Airflow's run ids are unique within a DAG only, and stay when a run is cleared or the database begins anew. The
    first attempt gives the run its name in the store; `join` knows it for the later ones.
    """
    start = dag_run.start_date and as_utc(dag_run.start_date).isoformat()
    return f"{_readable(dag_run)}__{_digest(dag_run, [start, dag_run.clear_number or 0])}"


def _readable(dag_run: DagRun) -> str:
    from headrace.run.record import safe_name

    return safe_name(f"{dag_run.dag_id}__{dag_run.run_id}")[:_READABLE]


def _digest(dag_run: DagRun, more: Sequence[object]) -> str:
    parts = (dag_run.dag_id, dag_run.run_id, as_utc(dag_run.run_after).isoformat(), *more)
    return sha256("\n".join(str(part) for part in parts).encode()).hexdigest()[:8]


def as_of(dag_run: DagRun, schedule: ScheduleSpec = _UNPARTITIONED) -> str | None:
    """The moment that the run looks from: the end of its partition or of its data interval; None if it has neither.

    A run that an asset has started, or a person, has neither: it looks at everything there is. UsageError for a
    partition key of another form than the schedule's.
    """
    partition = _partition_end(dag_run, schedule)
    end = partition or dag_run.data_interval_end
    return end.isoformat() if end else None


def _partition_end(dag_run: DagRun, schedule: ScheduleSpec) -> datetime | None:
    by = schedule.partition
    if by is None or by == "key" or not (dag_run.partition_date or dag_run.partition_key):
        return None
    from headrace.schedule.partitions import end_of_partition, start_of_key

    try:
        start = dag_run.partition_date or start_of_key(dag_run.partition_key or "", by, schedule.timezone)
    except ValueError:
        message = f"the partition key {dag_run.partition_key!r} names no {by}"
        raise UsageError(message, remedy="start a run with another key") from None
    return end_of_partition(start, by, schedule.timezone)


class EarlierPlan(NamedTuple):
    """What a task must know of a plan that is not its own DAG's."""

    stages: Sequence[str]
    for_each: Any = None
    """Its members, as configured."""
    params: Sequence[str] = ()
    """Names of the values that whoever starts a run may choose."""


class JoinedRun(NamedTuple):
    """The run that a task works for, in headrace's store."""

    name: str
    plan: str
    """Digest of the plan that it keeps from its first task to its last."""
    as_of: str | None
    """The moment that it looks from, which it keeps too; None: it looks at everything there is."""
    earlier: EarlierPlan | None = None
    """The plan; None where it is the plan of the task's own DAG."""

    def missing(self, stages: Sequence[str]) -> list[str]:
        """Those of these stages that the run's plan does not have."""
        return [stage for stage in stages if self.earlier is not None and stage not in self.earlier.stages]


def join(site: Site, dag_run: DagRun, digest: str, schedule: ScheduleSpec = _UNPARTITIONED) -> JoinedRun:
    """The run, which keeps the plan and the clock that its first task came with: `digest` and `schedule` if it is this.

    Airflow itself may move the tasks that a run has yet to do to the newest DAG, and moves those that are cleared.
    UsageError for a plan that is gone and for a partition that names no time, ConfigError for a plan that came damaged.
    """
    from headrace.store import LocalStore

    store = LocalStore(site.project.home / "store")
    name = name_in_store(store, dag_run)
    _remember(store, dag_run, name)
    pin = _pin(store, dag_run, name, digest, schedule)
    plan, moment = str(pin["plan"]), pin["as_of"]
    _bring(store, site, plan)
    if plan == digest:
        return JoinedRun(name, plan, moment)
    document = store.get_document("plans", plan)
    if document is None:
        raise UsageError(
            f"run {dag_run.run_id} began with plan {plan[:12]}, which is not in the store any more",
            remedy="start a new run",
        )
    stages, spec = [stage["name"] for stage in document["stages"]], document["spec"]
    return JoinedRun(name, plan, moment, EarlierPlan(stages, spec.get("for_each"), tuple(spec.get("params") or ())))


def _pin(store: LocalStore, dag_run: DagRun, name: str, digest: str, schedule: ScheduleSpec) -> Mapping[str, Any]:
    """What the run keeps, written down by the first who asks; a run of before kept its clock in its record alone."""
    known = store.get_document(_PINS, name)
    if known is not None and "as_of" in known:
        return known
    begun = store.get_document("runs", name)
    own = {
        "plan": _began_with(begun) if begun else digest,
        "as_of": begun["as_of"] if begun else as_of(dag_run, schedule),
        "dag_id": dag_run.dag_id,
        "run_id": dag_run.run_id,
    }
    return {**own, **(known or store.create_document(_PINS, name, own))}


def _began_with(record: Mapping[str, Any]) -> str:
    """The run's plan; where values that a person chose filled it, the one that it was made of."""
    return str(record.get("template") or record["plan"])


def name_in_store(store: LocalStore, dag_run: DagRun) -> str:
    """The name that the run began with: clearing it changes its start, but begins no other run."""
    if not dag_run.clear_number:
        return run_name(dag_run)
    known = store.get_document(_BEGUN, _pointer(dag_run))
    return str(known["run"]) if known else _pointer(dag_run)


def _remember(store: LocalStore, dag_run: DagRun, name: str) -> None:
    """Keep what the run is called, for when it is cleared; a run that was deleted may begin anew under its id."""
    if not dag_run.clear_number and (store.get_document(_BEGUN, _pointer(dag_run)) or {}).get("run") != name:
        store.put_document(_BEGUN, _pointer(dag_run), {"run": name})


def _pointer(dag_run: DagRun) -> str:
    return f"{_readable(dag_run)}__{_digest(dag_run, [])}"


def _bring(store: LocalStore, site: Site, digest: str) -> None:
    """Put a plan that came with the deployment where its stages look for it."""
    path = Path(site.plans) / f"{digest}.json"
    if not site.plans or store.get_document("plans", digest) is not None or not path.is_file():
        return
    store.create_document("plans", digest, _carried(path, digest))


def _carried(path: Path, digest: str) -> dict[str, Any]:
    """The plan in a deployment's file; ConfigError where that is another one, or none that this headrace reads."""
    from headrace.plan.model import Plan

    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
        found = Plan.from_json(document).digest
        problem = "" if found == digest else f"what is in it has the digest {found[:12]}"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
    if not problem:
        return document
    message = f"{path.name} is not the plan that it is named after: {problem}"
    remedy = (
        "build the folder again with `headrace dags build`, by the version of headrace that Airflow's environment has, "
        "and copy all of it"
    )
    raise ConfigError([Diagnostic("HR412", message, Place(str(path)), remedy)])
