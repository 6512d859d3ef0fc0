"""The DAG specification: a compact document beside the plan, from which a DAG is built without reading the plan.

Named tuples: Airflow imports this anew in a process for each DAG file, and they are the cheapest typed, frozen values.
Durations are in seconds. A field that has its default is left out of the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

#: Raised when the form of the document changes, so that an old one is made again.
FORMAT = 1

#: What a failure means for production, before and after the champion was decided on.
CHAMPION_STAYS = "the champion stays"
CHAMPION_DECIDED = "the champion had been decided on before"


class Options(NamedTuple):
    """What Airflow itself does for a task; None: what it does for any."""

    owner: str | None = None
    retries: int | None = None
    retry_delay: float | None = None
    """Seconds before the first retry."""
    retry_backoff: float | None = None
    """Factor by which the delay grows with each try."""
    max_retry_delay: float | None = None
    timeout: float | None = None
    """Seconds; the longest that one try may take."""
    trigger_rule: str | None = None


class RuntimeSpec(NamedTuple):
    """Where a stage runs."""

    type: str = "process"
    python: str | None = None
    """Interpreter; none: the one that runs Airflow."""
    environment: Mapping[str, str] = {}
    """Declared variables; secrets are still references."""
    secrets: Sequence[str] = ()
    """Names of the secrets that the stages will look up."""


class StageTask(NamedTuple):
    """A task that runs a stage of the plan, or several one after another."""

    task_id: str
    stages: Sequence[str]
    upstream: Sequence[str] = ()
    skips: Sequence[str] = ()
    """Tasks that have nothing to do if this one refuses."""
    consequence: str = ""
    """What a failure here means for production."""
    runtime: RuntimeSpec = RuntimeSpec()
    options: Options = Options()


class OperatorTask(NamedTuple):
    """A task beside the stages: an operator or sensor, or a function of the project's `src/`."""

    task_id: str
    operator: str = ""
    """Import path of the operator; empty: it is a function."""
    function: str = ""
    """Import path of the function."""
    args: Mapping[str, Any] = {}
    """Arguments as written; durations and references become what they stand for when the DAG is built."""
    expand: Mapping[str, Any] = {}
    expand_kwargs: Any = None
    map_index: str | None = None
    upstream: Sequence[str] = ()
    group: str | None = None
    inlets: Sequence[str] = ()
    outlets: Sequence[str] = ()
    consequence: str = ""
    place: str = ""
    """Where the configuration has it, for messages."""
    options: Options = Options()


#: Any task of a DAG.
TaskSpec = StageTask | OperatorTask


class ScheduleSpec(NamedTuple):
    """When runs start."""

    cron: str | None = None
    timezone: str = "UTC"
    start: str | None = None
    """ISO 8601 date: the first day whose data has a run."""
    end: str | None = None
    """The last such day."""
    catchup: bool = False


class DagSpec(NamedTuple):
    """One DAG. It holds no path of this machine: equal plans make equal specifications everywhere."""

    dag_id: str
    pipeline: str
    plan: str
    """Digest of the plan."""
    tasks: Sequence[TaskSpec]
    schedule: ScheduleSpec = ScheduleSpec()
    description: str = ""
    tags: Sequence[str] = ()
    doc_md: str = ""
    max_active_runs: int = 1
    notify: Sequence[Mapping[str, Any]] = ()
    """Who hears of failures and refusals, as configured; addresses may still be references to secrets."""


def to_json(value: Any) -> Any:
    """The document of a specification, or of a part of it."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        defaults: Mapping[str, Any] = value._field_defaults  # type: ignore[attr-defined]
        fields = value._asdict().items()
        return {name: to_json(held) for name, held in fields if name not in defaults or held != defaults[name]}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    return value


def from_json(document: Mapping[str, Any]) -> DagSpec:
    """The specification that `to_json` wrote; TypeError for one of another form."""
    tasks = [_task(task) for task in document["tasks"]]
    schedule = ScheduleSpec(**document.get("schedule", {}))
    return DagSpec(**{**document, "tasks": tasks, "schedule": schedule})


def _task(document: Mapping[str, Any]) -> TaskSpec:
    options = Options(**document.get("options", {}))
    if "stages" not in document:
        return OperatorTask(**{**document, "options": options})
    runtime = RuntimeSpec(**document.get("runtime", {}))
    return StageTask(**{**document, "runtime": runtime, "options": options})
