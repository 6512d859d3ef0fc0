"""A project's pipelines as DAGs: what the file that Airflow scans calls."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from airflow.sdk import DAG, get_parsing_context

from headrace.errors import Place, UsageError
from headrace.plan.cache import forget_gone, last_compiled
from headrace.project import Project, find_project
from headrace_airflow.build.fallback import dag_of
from headrace_airflow.build.heap import spare_the_heap
from headrace_airflow.freshness import specs_now
from headrace_airflow.site import Site, is_bundled
from headrace_airflow.spec.kept import KeptSpec

#: Pipelines in one file: beyond the first number Airflow reads it slowly, beyond the second it may end its parser
#: before the file is read, and the DAGs would be lost without a word.
MANY, TOO_MANY = 50, 250
_SPREAD = "use headrace_airflow.deploy.bundle.HeadraceBundle, or `headrace dags build`: they make a file per pipeline"


def load_dags(file: str | Path) -> dict[str, DAG]:
    """Every pipeline of the project around `file` (or HEADRACE_PROJECT), as a DAG by its id.

    What is stale is compiled first, in a process of its own. A pipeline that is broken is a stand-in DAG which says
    so; it does not keep the others from being loaded. While a task runs, only its own pipeline is built. Nothing where
    a bundle serves the project already, as under `headrace up`. UsageError for more pipelines than Airflow can read
    from one file.
    """
    spare_the_heap()
    project = find_project(None if os.environ.get("HEADRACE_PROJECT") else Path(file).parent)
    names = project.pipelines()
    wanted = get_parsing_context().dag_id
    if wanted in names:
        names = [wanted]
    elif is_bundled(project.root):
        return {}
    else:
        _check_count(len(names))
        forget_gone(project, names)
    site = Site(str(project.root), str(project.home))
    dags = [_dag(kept, project, site) for kept in specs_now(project, names)]
    return {dag.dag_id: dag for dag in dags}


def _dag(kept: KeptSpec, project: Project, site: Site) -> DAG:
    def place_of(key: str) -> Place | None:
        plan = last_compiled(project, kept.name)
        return plan.place_of(key) if plan else None

    return dag_of(kept.name, kept.document, kept.diagnostics, site, stale=kept.stale, place_of=place_of)


def _check_count(count: int) -> None:
    if count > TOO_MANY:
        raise UsageError(f"{count} pipelines are too many for one DAG file; at most {TOO_MANY} can be", remedy=_SPREAD)
    if count > MANY:
        warnings.warn(f"{count} pipelines in one DAG file: Airflow reads it slowly; {_SPREAD}", stacklevel=3)
