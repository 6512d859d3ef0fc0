"""Plan -> DagSpec."""

from __future__ import annotations

from headrace.config.schema.spec import Spec
from headrace.plan.members import is_open
from headrace.plan.model import Plan
from headrace_airflow.spec.dag_options import dag_options
from headrace_airflow.spec.documentation import document
from headrace_airflow.spec.markdown import with_prose
from headrace_airflow.spec.members import member_labels
from headrace_airflow.spec.model import DagSpec
from headrace_airflow.spec.params import param_specs
from headrace_airflow.spec.schedule import schedule_spec
from headrace_airflow.spec.stages import stage_tasks
from headrace_airflow.spec.tasks import with_added_tasks


def dag_spec(plan: Plan) -> DagSpec:
    """The DAG of a plan; ConfigError for what Airflow could not do."""
    spec = _typed(plan)
    schedule = schedule_spec(plan, spec.schedule)
    if spec.dag.max_active_tasks is not None:  # a DAG is told of it once
        schedule = schedule._replace(max_active_tasks=None)
    return DagSpec(
        dag_id=plan.pipeline,
        pipeline=plan.pipeline,
        plan=plan.digest,
        tasks=with_added_tasks(plan, spec, stage_tasks(plan, spec)),
        schedule=schedule,
        description=spec.description,
        tags=tuple(dict.fromkeys(["headrace", *spec.tags])),
        doc_md=with_prose(spec.dag.doc, document(plan)),
        options=dag_options(spec.dag),
        max_active_runs=spec.schedule.max_active_runs,
        members=member_labels(plan),
        params=param_specs(plan),
        notify=plan.spec["notify"],
    )


def _typed(plan: Plan) -> Spec:
    if not is_open(plan.spec):
        return Spec.model_validate(plan.spec)
    from headrace.plan.holes import typed_spec  # the schema's rules: only for plans that have holes

    return typed_spec(plan)
