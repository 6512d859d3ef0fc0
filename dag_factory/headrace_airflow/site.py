"""Where a DAG's stages find their project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from headrace.errors import UsageError
from headrace.project import Project, find_project

#: The project whose pipelines a bundle of this Airflow serves already.
BUNDLED = "HEADRACE_BUNDLED_PROJECT"


class Site(NamedTuple):
    """The folders that a stage works in, on the machine where it runs."""

    root: str
    """The project's folder; empty where this machine was not told of one, which may be one that only reads DAGs."""
    home: str
    """Where its state lives; empty: where the project says."""
    plans: str = ""
    """Folder of the plans that a deployment carries; empty where they are in the store already."""

    @property
    def project(self) -> Project:
        """The same, as headrace knows it; UsageError where this machine was not told of it."""
        if not self.root:
            raise UsageError(
                "this worker was not told where the project is",
                remedy="set HEADRACE_PROJECT (and HEADRACE_HOME, where its state is) for Airflow's workers, "
                "or say it with `headrace dags build --project-at DIR --home-at DIR`",
            )
        root = Path(self.root)
        if self.home:
            return Project(root, Path(self.home))
        if not (root / "conf" / "config.yaml").is_file():
            raise UsageError(
                f"there is no project in {root}, where this worker was told to find it",
                remedy="mount it there, name the folder of its state with HEADRACE_HOME, or set HEADRACE_PROJECT",
            )
        return find_project(root)

    @property
    def at_hand(self) -> Project | None:
        """The project, for what can do without: None where this machine was not told of it, or does not have it.

        Airflow's DAG processor and triggerer tell of runs, and need not have what only workers mount.
        """
        try:
            return self.project
        except (UsageError, OSError):
            return None


def deployed_site(root: str, home: str, plans: str) -> Site:
    """The site of a deployment: what this machine's environment says, else what was said when it was built."""
    return Site(os.environ.get("HEADRACE_PROJECT") or root, os.environ.get("HEADRACE_HOME") or home, plans)


def is_bundled(folder: str | Path) -> bool:
    """Whether a bundle of this Airflow serves the project around this folder: its DAGs would be there twice."""
    root = os.environ.get(BUNDLED)
    return root is not None and Path(folder).resolve().is_relative_to(Path(root).resolve())
