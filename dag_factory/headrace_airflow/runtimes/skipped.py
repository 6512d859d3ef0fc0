"""Which stages Airflow has skipped in a run: an added task may hold back what the plan knows nothing of.

A stage reads or makes again what it needs of earlier ones. Of a stage that a person held back it must do neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from headrace_airflow.spec.model import DagSpec, OperatorTask, StageTask


def skipped_stages(context: Mapping[str, Any], spec: DagSpec, task: StageTask) -> tuple[str, ...]:
    """The stages that were skipped before this task. AirflowSkipException if all others were: there is nothing to do.

    Only a task that runs regardless can come after a skipped one, and only added tasks skip what the plan does not.
    """
    if not task.options.trigger_rule or not any(isinstance(other, OperatorTask) for other in spec.tasks):
        return ()
    others = [other for other in spec.tasks if isinstance(other, StageTask) and other.task_id != task.task_id]
    states = _states(context)
    skipped = [other for other in others if states.get(other.task_id) == "skipped"]
    if others and len(skipped) == len(others):
        raise AirflowSkipException("every other stage of this run was skipped")
    return tuple(stage for other in skipped for stage in other.stages)


def _states(context: Mapping[str, Any]) -> Mapping[str, str]:
    """Task -> its state in this run."""
    instance, run_id = context["ti"], context["dag_run"].run_id
    found: Mapping[str, Mapping[str, str]] = instance.get_task_states(dag_id=instance.dag_id, run_ids=[run_id])
    return found.get(run_id, {})
