"""What the Airflow of `headrace up` reads its DAGs from: the project's bundle, and somebody's own DAG files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headrace.project import Project
from headrace_airflow.site import BUNDLED

_HEADRACE = "headrace_airflow.deploy.bundle.HeadraceBundle"
_LOCAL = "airflow.dag_processing.bundles.local.LocalDagBundle"
#: Seconds between two looks at what changed.
_INTERVAL = 5


def bundle_settings(project: Project, home: Path) -> dict[str, str]:
    """Settings for an Airflow in `home`.

    The pipelines have versions, so a run keeps the plan that it began with. DAG files in the project's `dags/` are read
    too, and a file there that loads this project's pipelines is told that they are served. The folder of versions is
    this Airflow's own: by default all those of one machine share one.
    """
    bundles = [_entry("headrace", _HEADRACE, project=str(project.root), home=str(project.home))]
    own = project.root / "dags"
    if own.is_dir():
        bundles.append(_entry("dags-folder", _LOCAL, path=str(own)))
    return {
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home / "bundles"),
        BUNDLED: str(project.root),
    }


def _entry(name: str, classpath: str, **kwargs: str) -> Mapping[str, Any]:
    return {"name": name, "classpath": classpath, "kwargs": {**kwargs, "refresh_interval": _INTERVAL}}
