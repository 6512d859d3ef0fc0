"""A project's pipelines as DAGs: what the file that Airflow scans calls."""

from __future__ import annotations

import os
from pathlib import Path

from airflow.sdk import DAG, get_parsing_context
from airflow.sdk.exceptions import AirflowTimetableInvalid

from headrace.errors import Diagnostic, HeadraceError
from headrace.plan.cache import Compiled
from headrace.plan.model import Plan
from headrace.project import Project, find_project
from headrace_airflow.build.dag import build_dag
from headrace_airflow.build.stand_in import build_stand_in
from headrace_airflow.freshness import up_to_date
from headrace_airflow.site import Site
from headrace_airflow.spec.dag import dag_spec


def load_dags(file: str | Path) -> dict[str, DAG]:
    """Every pipeline of the project around `file` (or HEADRACE_PROJECT), as a DAG by its id.

    What is stale is compiled first, in a process of its own. A pipeline that is broken is a stand-in DAG which says
    so; it does not keep the others from being loaded. While a task runs, only its own pipeline is built.
    """
    project = find_project(None if os.environ.get("HEADRACE_PROJECT") else Path(file).parent)
    names = project.pipelines()
    wanted = get_parsing_context().dag_id
    if wanted in names:
        names = [wanted]
    dags = [_dag(result, project) for result in up_to_date(project, names)]
    return {dag.dag_id: dag for dag in dags}


def _dag(result: Compiled, project: Project) -> DAG:
    if result.plan is None:
        return build_stand_in(result.name, result.diagnostics)
    try:
        return build_dag(dag_spec(result.plan), Site(str(project.root), str(project.home)))
    except HeadraceError as error:
        error.place = error.place or (result.plan.place_of(error.key) if error.key else None)
        return build_stand_in(result.name, error.diagnostics)
    except AirflowTimetableInvalid as error:
        message = f"Airflow refuses the schedule: {error}"
        return build_stand_in(result.name, [_refused(result.plan, message, "schedule.cron")])
    except Exception as error:  # noqa: BLE001 - whatever Airflow refuses, the other pipelines must load
        message = f"Airflow refuses this pipeline: {type(error).__name__}: {error}"
        return build_stand_in(result.name, [_refused(result.plan, message, "name")])


def _refused(plan: Plan, message: str, key: str) -> Diagnostic:
    return Diagnostic("HR144", message, plan.place_of(key), pipeline=plan.pipeline)
