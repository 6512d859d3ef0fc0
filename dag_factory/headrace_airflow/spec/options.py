"""Configuration -> what Airflow itself does for a task."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.clock import parse_duration
from headrace.config.schema.exceptional import with_exceptions
from headrace.config.schema.execution import Execution
from headrace.config.schema.spec import Spec
from headrace.config.schema.tasks import AddedTask
from headrace.failures import FAILURE_KINDS
from headrace.plan.model import Plan, Stage
from headrace_airflow.spec.markdown import with_prose
from headrace_airflow.spec.model import Options
from headrace_airflow.spec.task_documentation import document_added, document_task

#: What `runtime` says of where tasks run, and before which others, holds for those that run no stage as well. Its tries
#: and times are those of stages, and a slot of a pool is for work: what waits would keep it from those that it awaits.
_FOR_ALL = ("queue", "executor", "priority", "weight_rule")


def stage_options(plan: Plan, spec: Spec, stages: Sequence[Stage], trigger_rule: str | None) -> Options:
    """The options of a task that runs these stages; of several, what they have in common, and their times together."""
    executions = [spec.runtime.of_stage(stage.type, stage.name) for stage in stages]
    written = [value.written for stage in stages for value in spec.runtime.exceptions(stage.type, stage.name)]
    owners = [str(values["owner"]) for values in written if values.get("owner")]
    names = [values["display_name"] for values in written if "display_name" in values]
    return execution_options(executions[0])._replace(
        owner=owners[-1] if owners else spec.owner,
        retries=max(execution.retries for execution in executions),
        timeout=sum(_seconds(execution.timeout) for execution in executions),
        trigger_rule=trigger_rule,
        display_name=names[-1] if names and len(stages) == 1 else None,
        doc_md=document_task(plan, stages),
    )


def added_options(plan: Plan, spec: Spec, name: str, task: AddedTask) -> Options:
    """What an added task says of itself."""
    written = task.written
    found = execution_options(with_exceptions(spec.runtime, [task]))
    return Options(**{key: value for key, value in found._asdict().items() if key in written})._replace(
        owner=task.owner or spec.owner,
        retries=task.retries,
        retry_delay=_seconds(task.retry_delay) if task.retries or "retry_delay" in written else None,
        timeout=_seconds(task.timeout) if task.timeout else None,
        trigger_rule=None if task.trigger_rule == "all_success" else task.trigger_rule,
        role=task.role,
        display_name=task.display_name,
        doc_md=with_prose(task.doc, document_added(plan, name, task)) if task.doc else None,
    )


def usual_options(plan: Plan, spec: Spec, name: str, task: AddedTask) -> Options:
    """What holds for an added task where neither it nor its decorator says otherwise."""
    found = execution_options(spec.runtime)._asdict()
    return Options(
        **{key: found[key] for key in _FOR_ALL if key not in task.written},
        doc_md=None if task.doc else document_added(plan, name, task),
    )


def execution_options(execution: Execution) -> Options:
    """The options that a part of the configuration stands for. What any task has by itself is left out."""
    return Options(
        retries=execution.retries,
        retry_on=None if execution.retry_on == FAILURE_KINDS else execution.retry_on,
        retry_delay=_seconds(execution.retry_delay),
        retry_delays={kind: _seconds(delay) for kind, delay in execution.retry_delays.items()},
        retry_backoff=None if execution.backoff == 1 else execution.backoff,
        max_retry_delay=_seconds(execution.max_retry_delay),
        timeout=_seconds(execution.timeout),
        pool=execution.pool,
        pool_slots=None if execution.pool_slots == 1 else execution.pool_slots,
        queue=execution.queue,
        executor=execution.executor,
        priority=None if execution.priority == 1 else execution.priority,
        weight_rule=execution.weight_rule,
        depends_on_past=execution.depends_on_past or None,
        wait_for_downstream=execution.wait_for_downstream or None,
        max_active_tis_per_dag=execution.max_active_tis_per_dag,
    )


def _seconds(duration: str) -> float:
    return parse_duration(duration).total_seconds()
