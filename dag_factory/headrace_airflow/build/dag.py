"""DagSpec -> a DAG whose tasks run stages."""

from __future__ import annotations

from airflow.sdk import DAG

from headrace_airflow.build.options import option_arguments
from headrace_airflow.build.schedule import schedule_arguments
from headrace_airflow.notices import Notifier
from headrace_airflow.runtimes.operator import StageOperator
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec, OperatorTask, TaskSpec


def build_dag(spec: DagSpec, site: Site) -> DAG:
    """The DAG. Raises what Airflow raises for values that it refuses."""
    notifier = Notifier(site, spec.pipeline, spec.notify, {task.task_id: task.consequence for task in spec.tasks})
    dag = DAG(
        dag_id=spec.dag_id,
        description=spec.description,
        **schedule_arguments(spec.schedule),
        max_active_runs=spec.max_active_runs,
        tags=list(spec.tags),
        doc_md=spec.doc_md,
        on_failure_callback=notifier.run_failed,
    )
    for task in spec.tasks:
        _build_task(task, spec, site, notifier, dag)
    for task in spec.tasks:
        built = dag.get_task(task.task_id)
        known = built.upstream_task_ids
        built.set_upstream([dag.get_task(name) for name in task.upstream if name not in known])
    dag.validate()  # type: ignore[no-untyped-call]
    return dag


def _build_task(task: TaskSpec, spec: DagSpec, site: Site, notifier: Notifier, dag: DAG) -> None:
    if isinstance(task, OperatorTask):
        from headrace_airflow.build.tasks import build_added

        build_added(task, site, notifier, dag)
        return
    StageOperator(
        task_id=task.task_id,
        dag=dag,
        spec=task,
        dag_spec=spec,
        site=site,
        notifier=notifier,
        on_failure_callback=notifier.task_failed,
        on_retry_callback=notifier.retrying,
        **option_arguments(task.options),
    )
