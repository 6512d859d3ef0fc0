"""DagSpec -> Airflow's DAG."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from airflow.sdk import DAG, CronDataIntervalTimetable
from pendulum import timezone

from headrace.errors import Diagnostic
from headrace.project import Project
from headrace_airflow.documentation import document_problems
from headrace_airflow.notices import Notifier
from headrace_airflow.runtimes.operator import BrokenOperator, StageOperator
from headrace_airflow.spec import DagSpec, TaskSpec

#: The tag that every pipeline's DAG carries, and the one of a stand-in.
TAG, BROKEN = "headrace", "broken"


def build_dag(spec: DagSpec, project: Project) -> DAG:
    """The DAG, whose tasks run stages of this project. Raises what Airflow raises for values that it refuses."""
    consequences = {task.task_id: task.consequence for task in spec.tasks}
    notifier = Notifier(project, spec.dag_id, spec.channels, consequences)
    dag = DAG(
        dag_id=spec.dag_id,
        description=spec.description,
        schedule=CronDataIntervalTimetable(spec.cron, timezone=spec.timezone) if spec.cron else None,
        start_date=first_moment(spec.start, spec.timezone),
        end_date=last_moment(spec.end, spec.timezone),
        catchup=spec.catchup,
        max_active_runs=spec.max_active_runs,
        tags=list(spec.tags),
        doc_md=spec.doc_md,
        on_failure_callback=notifier.run_failed,
    )
    for task in spec.tasks:
        StageOperator(spec=task, project=project, notifier=notifier, dag=dag, **_options(task, spec.owner, notifier))
    for task in spec.tasks:
        dag.get_task(task.task_id).set_upstream([dag.get_task(name) for name in task.upstream])
    dag.validate()  # type: ignore[no-untyped-call]
    return dag


def build_stand_in(name: str, diagnostics: Sequence[Diagnostic]) -> DAG:
    """A DAG in the place of a pipeline that does not compile: it carries what is wrong, and never runs by itself."""
    dag = DAG(
        dag_id=valid_id(name),
        description=f"does not compile: {len(diagnostics)} problem{'' if len(diagnostics) == 1 else 's'}",
        schedule=None,
        tags=[TAG, BROKEN],
        doc_md=document_problems(name, diagnostics),
    )
    BrokenOperator(task_id=BROKEN, diagnostics=tuple(diagnostics), dag=dag)
    return dag


def _options(task: TaskSpec, owner: str, notifier: Notifier) -> dict[str, Any]:
    """What Airflow itself does for a task."""
    return {
        "task_id": task.task_id,
        "owner": owner,
        "retries": task.retries,
        "retry_delay": timedelta(seconds=task.retry_delay),
        "retry_exponential_backoff": 2.0 if task.retry_backoff else 0,
        "max_retry_delay": timedelta(seconds=task.max_retry_delay),
        "execution_timeout": timedelta(seconds=task.timeout),
        "trigger_rule": task.trigger_rule,
        "on_failure_callback": notifier.task_failed,
        "on_retry_callback": notifier.retrying,
    }


def first_moment(day: date | None, zone: str) -> datetime | None:
    """Midnight at the beginning of a day, in that zone."""
    return datetime.combine(day, time.min, timezone(zone)) if day else None


def last_moment(day: date | None, zone: str) -> datetime | None:
    """The end of a day, in that zone: the last day belongs to the schedule as a whole."""
    return datetime.combine(day, time.max, timezone(zone)) if day else None


def valid_id(name: str) -> str:
    """The id of a pipeline's DAG: its name, or where Airflow would refuse that, one like it that is no other's."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:200]
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:8]}"
