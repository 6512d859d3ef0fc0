"""Publishes a project's DAGs as they are now: the work of a process of its own, which a bundle starts.

Run as `python -m headrace_airflow.deploy.publishing PER_FILE`, with HEADRACE_PROJECT and HEADRACE_HOME set.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from headrace.errors import ServiceError
from headrace.plan.fingerprint import Look
from headrace.plan.model import digest_of
from headrace.project import Project, find_project
from headrace_airflow.deploy.archive import Archive
from headrace_airflow.deploy.manifest import Manifest
from headrace_airflow.deploy.rendering import entry_of
from headrace_airflow.spec.job import Job
from headrace_airflow.spec.kept import read_kept

#: Seconds after which publishing that has come to no end is ended: compiling has its own limit, which is shorter.
PUBLISH_LIMIT = 900


def archive_of(project: Project) -> Archive:
    """The versions that were published of this project."""
    return Archive(project.home / "deployed")


def publish_within(project: Project, per_file: int, limit: float) -> list[str]:
    """Publish what changed, in a process of its own that is waited for at most so long, and then goes on by itself.

    The time counts from its start: whoever comes back to one that takes longer is not held up again. One that failed
    is left alone for a while, unless somebody has changed something. Returns the pipelines that are behind even so.
    """
    if _newest(project) is not None and not behind(project):
        return []
    job = _publishing(project)
    tried = job.last
    now = time.time()
    left = tried.begun + limit - now if tried and tried.begun <= now and job.is_going_on else limit
    deadline = time.monotonic() + max(0.0, left)
    job.run_once(lambda: [str(per_file)] if _newest(project) is None or behind(project) else [], deadline)
    return behind(project)


def why_behind(project: Project) -> str:
    """Why the newest version is not what the project says now; the same words from one refresh to the next."""
    return _publishing(project).problem


def behind(project: Project) -> list[str]:
    """The pipelines that are not in the newest version as the project says now: those that are new, gone or changed."""
    manifest = _newest(project)
    published = manifest.pipelines if manifest else {}
    names, look = project.pipelines(), Look()
    found = sorted(set(published).symmetric_difference(names))
    for name in names:
        kept = read_kept(project, name) if name in published else None
        if name in published and not (
            kept and kept.is_current(look) and digest_of(entry_of(kept)) == published[name].digest
        ):
            found.append(name)
    return found


def _newest(project: Project) -> Manifest | None:
    archive = archive_of(project)
    newest = archive.newest
    return archive.manifest(newest) if newest else None


def main(words: Sequence[str]) -> int:
    """Compile, render and publish, and leave word of it if that does not work out."""
    from headrace_airflow.deploy.building import render_project
    from headrace_airflow.deploy.choices import Choices

    project = find_project()
    with _publishing(project).told(PUBLISH_LIMIT):
        rendered, problems = render_project(project, Choices(per_file=int(words[0])))
        for problem in problems:
            print(problem)
        print(archive_of(project).publish(rendered), flush=True)
        if unfinished := [problem for problem in problems if problem.code == "HR700"]:
            raise ServiceError(unfinished[0].message)
    return 0


def _publishing(project: Project) -> Job:
    folder = archive_of(project).folder
    return Job(project, folder, "headrace_airflow.deploy.publishing", "publishing", "published")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
