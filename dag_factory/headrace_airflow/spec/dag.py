"""Plan -> DagSpec."""

from __future__ import annotations

from headrace.config.schema.spec import Spec
from headrace.plan.model import Plan
from headrace_airflow.spec.documentation import document
from headrace_airflow.spec.model import DagSpec
from headrace_airflow.spec.schedule import schedule_spec
from headrace_airflow.spec.stages import stage_tasks
from headrace_airflow.spec.tasks import with_added_tasks


def dag_spec(plan: Plan) -> DagSpec:
    """The DAG of a plan; ConfigError for what Airflow could not do."""
    spec = Spec.model_validate(plan.spec)
    return DagSpec(
        dag_id=plan.pipeline,
        pipeline=plan.pipeline,
        plan=plan.digest,
        tasks=with_added_tasks(plan, spec, stage_tasks(plan, spec)),
        schedule=schedule_spec(plan, spec.schedule),
        description=spec.description,
        tags=tuple(dict.fromkeys(["headrace", *spec.tags])),
        doc_md=document(plan),
        max_active_runs=spec.schedule.max_active_runs,
        notify=plan.spec["notify"],
    )
