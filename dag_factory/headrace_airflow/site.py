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
    built_for: str | None = None
    """The folder that was said when the DAGs were built (empty: none was), where `HEADRACE_PROJECT` names another."""

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

    def project_of(self, pipeline: str) -> Project:
        """The project, for work on a pipeline. UsageError also where the environment names one without that pipeline.

        One variable is for all DAGs of an Airflow, which may be those of several projects. A folder without
        `conf/pipeline`, as an image may have that holds stages alone, is taken on trust.
        """
        project = self.project
        folder = project.conf / "pipeline"
        if self.built_for is None or not folder.is_dir() or (folder / f"{pipeline}.yaml").is_file():
            return project
        said = f"was built for {self.built_for}" if self.built_for else "was built for no folder in particular"
        raise UsageError(
            f"HEADRACE_PROJECT names {self.root}, where there is no pipeline {pipeline}; its DAG {said}",
            remedy="where one Airflow serves several projects, build each with `headrace dags build --project-at DIR "
            "--home-at DIR`, and set neither HEADRACE_PROJECT nor HEADRACE_HOME for Airflow's workers; else let "
            "HEADRACE_PROJECT name the pipeline's project",
        )


def deployed_site(root: str, home: str, plans: str) -> Site:
    """The site of a deployment: what this machine's environment says, else what was said when it was built.

    What the environment says is for every deployment here: that it is not for another project's, each task asks.
    """
    named = os.environ.get("HEADRACE_PROJECT")
    built_for = root if named and named != root else None
    return Site(named or root, os.environ.get("HEADRACE_HOME") or home, plans, built_for)


def is_bundled(folder: str | Path) -> bool:
    """Whether a bundle of this Airflow serves the project around this folder: its DAGs would be there twice."""
    root = os.environ.get(BUNDLED)
    return root is not None and Path(folder).resolve().is_relative_to(Path(root).resolve())
