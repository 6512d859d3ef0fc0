"""A project's pipelines as DAGs: what the file that Airflow scans calls."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

from airflow.sdk import DAG, get_parsing_context

from headrace.errors import Place
from headrace.plan.cache import forget_gone, last_compiled, read_document, write_document
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
    a bundle serves the project already, as under `headrace up`. Of more pipelines than Airflow can read from one file,
    those that are left out are named by a broken DAG.
    """
    spare_the_heap()
    project = find_project(None if os.environ.get("HEADRACE_PROJECT") else Path(file).parent)
    names = project.pipelines()
    left_out: Sequence[str] = ()
    wanted = get_parsing_context().dag_id
    if wanted in names:
        names = [wanted]
    elif is_bundled(project.root):
        return {}
    else:
        forget_gone(project, names)
        names, left_out = _shared_out(project, names)
    site = Site(str(project.root), str(project.home))
    dags = [_dag(kept, project, site) for kept in specs_now(project, names)]
    if left_out:
        dags.append(_left_out(left_out, {dag.dag_id for dag in dags}))
    return {dag.dag_id: dag for dag in dags}


def _dag(kept: KeptSpec, project: Project, site: Site) -> DAG:
    def place_of(key: str) -> Place | None:
        plan = last_compiled(project, kept.name)
        return plan.place_of(key) if plan else None

    return dag_of(kept.name, kept.document, kept.diagnostics, site, stale=kept.stale, place_of=place_of)


def _shared_out(project: Project, names: list[str]) -> tuple[list[str], list[str]]:
    """The pipelines that are loaded, and those that are left out: a new one takes no other's place."""
    if len(names) <= MANY:
        return names, []
    record = project.home / "compiled" / "dags" / "loaded.json"
    before = (read_document(record) or {}).get("names", [])
    stay = set(before).intersection(names)
    loaded = set(sorted(names, key=lambda name: (name not in stay, name))[:TOO_MANY])
    if loaded != set(before):
        write_document(record, {"names": sorted(loaded)})
    warnings.warn(f"{len(names)} pipelines in one DAG file: Airflow reads it slowly; {_SPREAD}", stacklevel=3)
    return sorted(loaded), [name for name in names if name not in loaded]


def _left_out(names: Sequence[str], taken: Collection[str]) -> DAG:
    from headrace_airflow.build.stand_in import build_left_out

    return build_left_out(names, taken, f"at most {TOO_MANY} pipelines can be in one DAG file", _SPREAD)
