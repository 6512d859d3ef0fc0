"""Which run a task works for: its name in headrace's store, and the plan that it keeps to its end."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Protocol

from headrace.clock import as_utc
from headrace.errors import UsageError
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.run.record import safe_name
from headrace.store import LocalStore
from headrace_airflow.spec.model import ScheduleSpec

_READABLE = 150
_UNPARTITIONED = ScheduleSpec()


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
    """The run's name in the store: readable, a file name, and different for every attempt that people begin.

    Airflow's run ids are unique within a DAG only, and stay when a run is cleared or the database begins anew. A
    cleared run is another run here, and follows today's configuration; automatic retries belong to the same one.
    """
    moments = (moment and as_utc(moment).isoformat() for moment in (dag_run.run_after, dag_run.start_date))
    parts = (dag_run.dag_id, dag_run.run_id, *moments, dag_run.clear_number or 0)
    attempt = sha256("\n".join(str(part) for part in parts).encode()).hexdigest()[:8]
    return f"{safe_name(f'{dag_run.dag_id}__{dag_run.run_id}')[:_READABLE]}__{attempt}"


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


def pinned_plan(project: Project, name: str) -> Plan | None:
    """The plan that the run began with; none before its first stage.

    Airflow itself moves the tasks that a run has yet to do to the newest DAG.
    """
    store = LocalStore(project.home / "store")
    record = store.get_document("runs", name)
    # Where a person's values or a member's filled the plan, it is filled again from the one that it was made of.
    document = store.get_document("plans", record.get("template") or record["plan"]) if record else None
    return Plan.from_json(document) if document else None
