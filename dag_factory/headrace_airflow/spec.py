"""Plan -> DagSpec: what Airflow will be told, as plain values. Imports nothing of Airflow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from headrace import secrets
from headrace.clock import parse_duration
from headrace.config.schema.operation import Notifiers, Runtime, Schedule, WebhookNotifier
from headrace.config.schema.spec import Spec
from headrace.errors import ConfigError, Diagnostic
from headrace.notify import Channel, LogChannel, WebhookChannel
from headrace.plan.model import Plan, Stage
from headrace.stages.table import kind_of
from headrace_airflow.documentation import document
from headrace_airflow.graph import ancestors, skipped_by, upstream_of

#: The name of the one task of a fused pipeline.
FUSED = "all_stages"

#: What a failure means for production, before and after the champion was decided on.
CHAMPION_STAYS = "the champion stays"
CHAMPION_DECIDED = "the champion had been decided on before"

TriggerRule = Literal["all_success", "none_failed"]


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task: a command in a process of its own, and what Airflow does when it fails."""

    task_id: str
    command: tuple[str, ...]
    """Words after `python -m headrace`; the run adds its id and its clock."""
    retries: int
    retry_delay: float
    """Seconds before the first retry."""
    retry_backoff: bool
    max_retry_delay: float
    timeout: float
    """Seconds; the longest that one try may take."""
    python: str | None = None
    """Interpreter; none: the one that runs Airflow."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Declared variables; secrets are still references."""
    secrets: tuple[str, ...] = ()
    """Names of the secrets that the command will look up."""
    upstream: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()
    """Tasks that have nothing to do if this one refuses."""
    trigger_rule: TriggerRule = "all_success"
    consequence: str = ""
    """What a failure here means for production."""


@dataclass(frozen=True, slots=True)
class DagSpec:
    """One DAG. It holds no path of this machine: equal plans make equal specs everywhere."""

    dag_id: str
    plan: str
    """Digest of the plan."""
    description: str
    owner: str
    tags: tuple[str, ...]
    doc_md: str
    tasks: tuple[TaskSpec, ...]
    cron: str | None
    timezone: str
    start: date | None = None
    """The first day whose data has a run."""
    end: date | None = None
    """The last such day."""
    catchup: bool = False
    max_active_runs: int = 1
    channels: tuple[Channel, ...] = ()
    """Who hears of failures and refusals; addresses may still be references to secrets."""

    def to_json(self) -> dict[str, Any]:
        """Every value, as JSON: for looking at and for comparing."""
        values = asdict(self)
        days = {name: values[name] and values[name].isoformat() for name in ("start", "end")}
        channels = [{"type": type(channel).__name__, **asdict(channel)} for channel in self.channels]
        return {**values, **days, "channels": channels}


def dag_spec(plan: Plan) -> DagSpec:
    """The DAG of a plan; ConfigError for a schedule that could never start a run."""
    spec = Spec.model_validate(plan.spec)
    schedule = spec.schedule
    _check(plan, schedule)
    return DagSpec(
        dag_id=plan.pipeline,
        plan=plan.digest,
        description=spec.description,
        owner=spec.owner,
        tags=tuple(dict.fromkeys(["headrace", *spec.tags])),
        doc_md=document(plan),
        tasks=_fused(plan, spec.runtime) if spec.runtime.fuse else _one_per_stage(plan, spec.runtime),
        cron=schedule.cron,
        timezone=schedule.timezone,
        start=schedule.start,
        end=schedule.end,
        catchup=schedule.catchup,
        max_active_runs=schedule.max_active_runs,
        channels=_channels(spec.notify),
    )


def _check(plan: Plan, schedule: Schedule) -> None:
    problems = []
    if schedule.catchup and schedule.cron and schedule.start is None:
        problems.append(("schedule.catchup", "catchup has no day to begin with", "add schedule.start"))
    if schedule.start and schedule.end and schedule.end < schedule.start:
        problems.append(("schedule.end", f"the schedule ends ({schedule.end}) before it starts ({schedule.start})", ""))
    if problems:
        raise ConfigError(
            Diagnostic("HR144", message, plan.place_of(key), remedy, pipeline=plan.pipeline)
            for key, message, remedy in problems
        )


def _one_per_stage(plan: Plan, runtime: Runtime) -> tuple[TaskSpec, ...]:
    persistent = {stage.name for stage in plan.stages if kind_of(stage.type).even_if_refused}
    upstream = {stage.name: stage.upstream for stage in plan.stages}
    return tuple(
        TaskSpec(
            task_id=stage.name,
            command=("stage", plan.pipeline, stage.name, "--plan", plan.digest),
            upstream=upstream_of(stage.name, upstream, persistent),
            skips=skipped_by(stage.name, upstream, persistent),
            trigger_rule="none_failed" if stage.name in persistent else "all_success",
            consequence=_consequence(plan, ancestors(stage.name, upstream)),
            **_run_options(runtime, [stage]),
        )
        for stage in plan.stages
    )


def _fused(plan: Plan, runtime: Runtime) -> tuple[TaskSpec, ...]:
    task = TaskSpec(
        task_id=FUSED,
        command=("stage", plan.pipeline, "--all", "--plan", plan.digest),
        consequence=_consequence(plan),
        **_run_options(runtime, plan.stages),
    )
    return (task,)


def _run_options(runtime: Runtime, stages: Sequence[Stage]) -> dict[str, Any]:
    """How a task that runs these stages is run and tried again."""
    return {
        "retries": runtime.retries,
        "retry_delay": _seconds(runtime.retry_delay),
        "retry_backoff": runtime.retry_backoff,
        "max_retry_delay": _seconds(runtime.max_retry_delay),
        "timeout": _seconds(runtime.timeout) * len(stages),
        "python": runtime.python,
        "environment": dict(runtime.env),
        "secrets": secrets.names([runtime.env, *(stage.config for stage in stages)]),
    }


def _consequence(plan: Plan, before: Collection[str] = ()) -> str:
    """What it means for production when a stage fails after those `before` it."""
    deciding = {stage.name for stage in plan.stages if kind_of(stage.type).settles}
    if not deciding:
        return ""
    return CHAMPION_DECIDED if deciding.intersection(before) else CHAMPION_STAYS


def _seconds(duration: str) -> float:
    return parse_duration(duration).total_seconds()


def _channels(notifiers: Notifiers) -> tuple[Channel, ...]:
    return tuple(
        WebhookChannel(notifier.url, _seconds(notifier.timeout))
        if isinstance(notifier, WebhookNotifier)
        else LogChannel()
        for notifier in notifiers
    )
