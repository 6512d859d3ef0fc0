"""A project's DAGs as a bundle of Airflow's, with versions: a run keeps its DAG and plan from first task to last."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles import base
from airflow.dag_processing.bundles.base import BaseDagBundle

from headrace.errors import ServiceError
from headrace.plan.cache import read_document
from headrace.project import Project, find_project
from headrace.whole_files import write_whole
from headrace_airflow.deploy.manifest import NAME, SITE, STALE, Manifest, read_manifest
from headrace_airflow.deploy.publishing import archive_of, publish_within, why_behind

_LOG = logging.getLogger(__name__)
#: Seconds that Airflow's DAG processor, which does nothing else meanwhile, waits for what changed to be published.
PATIENCE = 20.0
#: Seconds that it waits for a project's first version.
FIRST = 300.0
#: Seconds after which the folder of a version that no task has used is removed: it can be made again.
_UNUSED = 86_400.0


class HeadraceBundle(BaseDagBundle):
    """The DAGs of the project in `project`, one file a pipeline.

    A version is the set of all compiled pipelines, named by its digest: it changes when a DAG does, not when a comment
    does. What changed is compiled when Airflow refreshes the bundle, in a process of its own. A worker needs the
    project's state (`home`; by default what the project says) to find a version that another machine has published.
    """

    supports_versioning = True

    def __init__(self, *, project: str, home: str | None = None, per_file: int = 1, **options: Any) -> None:
        super().__init__(**options)
        self._root, self._home, self._per_file = project, home, per_file

    def initialize(self) -> None:
        """Make the folder of the wanted version; without one, of the newest, which is published if there is none yet.

        ServiceError for a version that was never published here, and for a project that cannot be.
        """
        import headrace_airflow.deploy.loading  # noqa: F401 - the processes that Airflow forks for each file have it then

        project = self._project()
        with self.lock():
            if self.version is not None:
                self._make(project, self.version)
            else:
                if archive_of(project).newest is None:
                    publish_within(project, self._per_file, FIRST)
                self._switch(project)
        super().initialize()

    def refresh(self) -> None:
        """Publish what changed, and switch to it. What takes longer is switched to when it is done.

        Until then, and where it cannot be published, the pipelines that changed are served as they were, and say so.
        """
        if self.version is not None:
            raise ServiceError("a version of a bundle does not change: it cannot be refreshed")
        project = self._project()
        with self.lock():
            late = publish_within(project, self._per_file, PATIENCE)
            self._switch(project)
            self._mark(project, late)

    @property
    def path(self) -> Path:
        """The folder of the version; without one a link to the newest's, so that Airflow's queued files stay valid."""
        return self.versions_dir / self.version if self.version else self._link

    def get_current_version(self) -> Any:
        """The digest of the set, with the commit that it was compiled from; for older Airflows the digest alone."""
        manifest = read_manifest(self.path)
        if manifest is None:
            return None
        made = getattr(base, "BundleVersion", None)
        return made(version=manifest.digest, data=_data(manifest)) if made else manifest.digest

    def _project(self) -> Project:
        found = find_project(Path(self._root))
        return Project(found.root, Path(self._home)) if self._home else found

    def _switch(self, project: Project) -> None:
        """Let the link lead to the newest version."""
        newest = archive_of(project).newest
        if newest is None:
            raise ServiceError(
                f"there are no DAGs of {project.root} yet: {why_behind(project)}",
                remedy=f"{archive_of(project).folder / 'publishing.log'} says more",
            )
        self._make(project, newest)
        link = self._link
        if link.is_symlink() and os.readlink(link) == str(self.versions_dir / newest):
            return
        self._touch_changed(self.versions_dir / newest)
        part = link.with_name(f".current.{uuid.uuid4().hex[:8]}")
        part.symlink_to(self.versions_dir / newest)
        part.replace(link)
        self._remove_unused(newest)

    @property
    def _link(self) -> Path:
        return Path(self.base_dir) / "current"

    def _touch_changed(self, folder: Path) -> None:
        """Airflow looks at a loader's time only: one whose DAG becomes what it was before looks changed too."""
        before, after = read_manifest(self._link), read_manifest(folder)
        known = before.pipelines if before else {}
        for name, built in after.pipelines.items() if after else ():
            if name in known and known[name].digest != built.digest:
                os.utime(folder / built.loader)

    def _mark(self, project: Project, late: Sequence[str]) -> None:
        """Have the DAGs that are not as they are configured now say so, and those that are again say nothing."""
        marks = {"why": why_behind(project), "pipelines": list(late)} if late else {}
        before = read_document(self.path / STALE) or {}
        if marks == before:
            return
        if marks:
            write_whole(self.path / STALE, json.dumps(marks).encode())
            _LOG.warning(
                "the DAGs of %s are not what the project says now: %s: %s", project.root, [*late], marks["why"]
            )
        else:
            (self.path / STALE).unlink(missing_ok=True)
            _LOG.info("the DAGs of %s are what the project says again", project.root)
        manifest = read_manifest(self.path)
        for name in {*marks.get("pipelines", ()), *before.get("pipelines", ())}:
            if manifest and name in manifest.pipelines:  # Airflow looks at a loader's time only
                os.utime(self.path / manifest.pipelines[name].loader)

    def _make(self, project: Project, version: str) -> None:
        folder = self.versions_dir / version
        if not (folder / NAME).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            if not archive_of(project).restore(version, folder, self._link):
                raise ServiceError(
                    f"version {version[:12]} of the DAGs of {project.root} is not in {archive_of(project).folder}",
                    remedy="give every worker the same state (`home` of the bundle) as Airflow's DAG processor",
                )
        said = {"bundle": True, "project": str(project.root), "home": str(project.home)}
        text = json.dumps(said)
        if not (folder / SITE).is_file() or (folder / SITE).read_text() != text:
            write_whole(folder / SITE, text.encode())

    def _remove_unused(self, newest: str) -> None:
        """Airflow removes the folders of versions that tasks have used; those that none has are left to us."""
        for folder in self.versions_dir.iterdir():
            tracked = base.get_bundle_tracking_file(self.name, folder.name).exists()
            if folder.name != newest and not tracked and folder.stat().st_mtime < time.time() - _UNUSED:
                _LOG.info("removing the folder of version %s, which no task has used", folder.name)
                shutil.rmtree(folder, ignore_errors=True)


def _data(manifest: Manifest) -> dict[str, Any]:
    return {"headrace": manifest.headrace, "pipelines": len(manifest.pipelines), **manifest.commit}
