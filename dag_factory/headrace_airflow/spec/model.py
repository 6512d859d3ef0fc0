"""The DAG specification: a compact document beside the plan, from which a DAG is built without reading the plan.

Named tuples: Airflow imports this anew in a process for each DAG file, and they are the cheapest typed, frozen values.
Durations are in seconds. A field that has its default is left out of the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

#: Raised when the form of the document changes, so that an old one is made again.
FORMAT = 2

#: The task that sums members up.
SUMMARY = "summary"
#: The group of the tasks that each member has.
MEMBERS = "members"

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
    retry_on: Sequence[str] | None = None
    """Kinds of failure that are tried again; None: all."""
    retry_delays: Mapping[str, float] = {}
    """Kind of failure -> seconds to wait after it, whatever the try."""
    pool: str | None = None
    pool_slots: int | None = None
    queue: str | None = None
    executor: str | None = None
    priority: int | None = None
    weight_rule: str | None = None
    depends_on_past: bool | None = None
    wait_for_downstream: bool | None = None
    max_active_tis_per_dag: int | None = None
    role: str | None = None
    """`setup` or `teardown`, for a task that makes ready what others need, or takes it away."""
    display_name: str | None = None
    doc_md: str | None = None


class RuntimeSpec(NamedTuple):
    """Where a stage runs."""

    type: str = "process"
    python: str | None = None
    """Interpreter; none: the one that runs Airflow, or the image's."""
    environment: Mapping[str, str] = {}
    """Declared variables; secrets are still references."""
    secrets: Sequence[str] = ()
    """Names of the secrets that the stages will look up."""
    project: str | None = None
    """Folder of the project in a container; none: that of this machine."""
    home: str | None = None
    """Folder of the state in a container; none: that of this machine."""
    manifest: Mapping[str, Any] = {}
    """What is started, as the API takes it that starts it: Docker's container, Kubernetes' pod."""
    pull: str | None = None
    """When Docker fetches the image."""
    connection: str | None = None
    """Airflow's connection to the cluster or the registry."""
    start_timeout: float = 600.0
    """Seconds until a pod must have started."""


class OutletSpec(NamedTuple):
    """An asset that a task makes new."""

    name: str
    uri: str
    if_promoted: bool = False
    """Only when the task's stages have promoted a model; else whenever they succeed."""


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
    each: bool = False
    """Runs once for each member of the DAG."""
    group: str | None = None
    """The group that the UI shows it in; its id has no part in it."""
    outlets: Sequence[OutletSpec] = ()


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
    inlets: Sequence[Mapping[str, str]] = ()
    """Assets, each by name and URI."""
    outlets: Sequence[Mapping[str, str]] = ()
    consequence: str = ""
    place: str = ""
    """Where the configuration has it, for messages."""
    options: Options = Options()
    usual: Options = Options()
    """What holds where neither `options` nor the function's decorator says otherwise."""


#: Any task of a DAG.
TaskSpec = StageTask | OperatorTask


class ScheduleSpec(NamedTuple):
    """When runs start: at most one clock, at most one condition on assets."""

    cron: str | None = None
    crons: Sequence[str] = ()
    """Several crons."""
    every: float | None = None
    """Seconds between runs."""
    continuous: bool = False
    once: bool = False
    timetable: str | None = None
    """Import path of a timetable class, and what it is called with."""
    params: Mapping[str, Any] = {}
    assets: Mapping[str, Any] | None = None
    """A condition with nothing implied: `{name, uri}`, `{alias}`, `{all: […]}` or `{any: […]}`."""
    partition: str | None = None
    """What one run stands for: hour, day, week, month, or any key."""
    upstream: str | None = None
    """What one awaited partition holds, where it is less."""
    timezone: str = "UTC"
    start: str | None = None
    """ISO 8601 date: the first day whose data has a run."""
    end: str | None = None
    """The last such day."""
    catchup: bool = False
    blackout: Sequence[Mapping[str, Any]] = ()
    """Windows in which the clock starts no run."""
    max_active_tasks: int | None = None


class DeadlineSpec(NamedTuple):
    """When somebody must hear that a run is late."""

    within: float
    """Seconds after what it counts from."""
    after: str = "queued"
    """`queued`, `logical_date`, `average`, or a moment in ISO 8601."""
    runs: int = 10
    """How many runs an average is taken over."""


class DagOptions(NamedTuple):
    """What Airflow does for a DAG as a whole; None: what it does for any."""

    display_name: str | None = None
    links: Mapping[str, str] = {}
    """Owner -> where to find them."""
    paused: bool | None = None
    """Whether a DAG that is seen for the first time is paused."""
    timeout: float | None = None
    """Seconds; the longest that a run may take."""
    deadlines: Sequence[DeadlineSpec] = ()
    max_consecutive_failed_runs: int | None = None
    max_active_tasks: int | None = None


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
    members: Sequence[str] = ()
    """What the models are called that one pipeline makes; none: it makes one."""
    params: Mapping[str, Mapping[str, Any]] = {}
    """What a run may be started with: name -> JSON Schema, with `default`."""
    options: DagOptions = DagOptions()
    notify: Sequence[Mapping[str, Any]] = ()
    """Who hears of failures and refusals, as configured; addresses may still be references to secrets."""

    @property
    def stage_tasks(self) -> list[StageTask]:
        """The tasks that run stages."""
        return [task for task in self.tasks if isinstance(task, StageTask)]


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
    fields = {**document, "tasks": [_task(task) for task in document["tasks"]]}
    if "schedule" in fields:
        fields["schedule"] = ScheduleSpec(**fields["schedule"])
    if "options" in fields:
        fields["options"] = _dag_options(fields["options"])
    return DagSpec(**fields)


def _dag_options(document: Mapping[str, Any]) -> DagOptions:
    deadlines = tuple(DeadlineSpec(**deadline) for deadline in document.get("deadlines", ()))
    return DagOptions(**{**document, "deadlines": deadlines})


def _task(document: Mapping[str, Any]) -> TaskSpec:
    fields = dict(document)
    if "options" in fields:
        fields["options"] = Options(**fields["options"])
    if "usual" in fields:
        fields["usual"] = Options(**fields["usual"])
    if "stages" not in fields:
        return OperatorTask(**fields)
    if "runtime" in fields:
        fields["runtime"] = RuntimeSpec(**fields["runtime"])
    if "outlets" in fields:
        fields["outlets"] = tuple(OutletSpec(**outlet) for outlet in fields["outlets"])
    return StageTask(**fields)
