"""All DAGs of a project as Airflow itself loads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.plan.cache import Compiled
from headrace.project import Project
from headrace_airflow.build.executors import run_elsewhere
from headrace_airflow.freshness import PATIENCE, up_to_date
from headrace_airflow.spec.kept import read_kept
from headrace_airflow.spec.model import DagSpec, from_json

if TYPE_CHECKING:
    from airflow.sdk import DAG


@dataclass(frozen=True, slots=True)
class Fleet:
    """What loading a DAG folder gave."""

    compiled: Mapping[str, Compiled]
    """Every pipeline of the project."""
    specs: Mapping[str, DagSpec]
    """What the plans of the pipelines make, as it was compiled; none for one that is broken."""
    dags: Mapping[str, DAG]
    """Every DAG of the folder, the project's own and others."""
    import_errors: Mapping[str, str]
    """DAG file, relative to the folder -> the end of its traceback."""


def load_fleet(project: Project, folder: Path) -> Fleet:
    """Compile what is stale, then load the folder as Airflow does. Airflow's settings must be in place.

    The DAGs run in another Airflow than this one, which has executors of its own.
    """
    from airflow.dag_processing.dagbag import BundleDagBag

    results = {result.name: result for result in up_to_date(project, project.pipelines(), PATIENCE)}
    with run_elsewhere():
        bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    kept = [read_kept(project, name) for name in results]
    specs = {found.name: from_json(found.document) for found in kept if found and found.document}
    return Fleet(results, specs, bag.dags, bag.import_errors)
