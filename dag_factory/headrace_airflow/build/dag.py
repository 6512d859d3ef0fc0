"""DagSpec -> a DAG whose tasks run stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import DAG

from headrace_airflow.build.assets import build_outlets
from headrace_airflow.build.dag_options import dag_arguments
from headrace_airflow.build.groups import group_named
from headrace_airflow.build.options import option_arguments
from headrace_airflow.build.params import param_arguments
from headrace_airflow.build.schedule import schedule_arguments
from headrace_airflow.notices import Notifier
from headrace_airflow.runtimes.operator import StageOperator, Work
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec, OperatorTask, TaskSpec

#: Names a mapped task by its member. It is ours: nothing of a YAML file is in it.
_LABEL = "{{ task.member(ti.map_index) }}"


def build_dag(spec: DagSpec, site: Site) -> DAG:
    """The DAG. Raises what Airflow raises for values that it refuses."""
    consequences = {task.task_id: task.consequence for task in spec.tasks}
    python = next((task.runtime.python for task in spec.stage_tasks), None)
    notifier = Notifier(site, spec.pipeline, spec.notify, consequences, python)
    dag = DAG(
        dag_id=spec.dag_id,
        description=spec.description,
        **schedule_arguments(spec.schedule),
        max_active_runs=spec.max_active_runs,
        tags=list(spec.tags),
        doc_md=spec.doc_md,
        **param_arguments(spec.params),
        on_failure_callback=notifier.run_failed,
        **dag_arguments(spec),
        on_success_callback=notifier.run_succeeded if notifier.wants("succeeded") else None,
    )
    for task in spec.tasks:
        if isinstance(task, OperatorTask) or not task.each:
            _build_task(task, spec, site, notifier, dag)
    if spec.members:
        from headrace_airflow.build.members import build_members  # only few pipelines make several models

        build_members(spec, site, notifier, dag, lambda task: _build_task(task, spec, site, notifier, dag))
    for task in spec.tasks:
        _join(dag.get_task(task.task_id), task.upstream, dag)
    if spec.schedule.timetable or any(isinstance(task, OperatorTask) for task in spec.tasks):
        # Airflow does this again, but then a refusal would hide the DAG. All else was looked at by the compiler, with
        # Airflow's own means.
        dag.validate()  # type: ignore[no-untyped-call]
    return dag


def _join(task: Any, upstream: Sequence[str], dag: DAG) -> None:
    """Have the task wait for others of its DAG.

    `set_upstream` writes down the same, and makes sure for each edge that it joins two tasks of one DAG, which takes as
    long as reading the specification.
    """
    task.upstream_task_ids.update(upstream)
    for name in upstream:
        dag.get_task(name).downstream_task_ids.add(task.task_id)


def _build_task(task: TaskSpec, spec: DagSpec, site: Site, notifier: Notifier, dag: DAG) -> None:
    if isinstance(task, OperatorTask):
        from headrace_airflow.build.tasks import build_added

        build_added(task, spec.schedule, site, notifier, dag)
        return
    keywords: dict[str, Any] = option_arguments(task.options)
    if task.each:
        keywords["map_index_template"] = _LABEL
    else:  # the summary tells of all members at once
        keywords["on_failure_callback"] = notifier.task_failed
    if task.outlets:
        keywords["outlets"] = build_outlets(task.outlets)
    if task.group is not None:
        keywords["task_group"] = group_named(task.group, dag)
    built = StageOperator(
        task_id=task.task_id, dag=dag, do_xcom_push=False, on_retry_callback=notifier.retrying, **keywords
    )
    built.told(Work(task, spec, site, notifier))
