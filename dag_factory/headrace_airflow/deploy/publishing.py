"""Publishes a project's DAGs as they are now: the work of a process of its own, which a bundle starts.

Run as `python -m headrace_airflow.deploy.publishing PER_FILE`, with HEADRACE_PROJECT and HEADRACE_HOME set.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from headrace.plan.fingerprint import Look
from headrace.plan.model import digest_of
from headrace.project import Project, find_project
from headrace_airflow.deploy.archive import Archive
from headrace_airflow.deploy.rendering import entry_of
from headrace_airflow.spec.kept import read_kept


def archive_of(project: Project) -> Archive:
    """The versions that were published of this project."""
    return Archive(project.home / "deployed")


def publish_within(project: Project, per_file: int, limit: float) -> None:
    """Publish what changed, in a process of its own that is waited for at most so long, and then goes on by itself."""
    if is_published(project):
        return
    log = archive_of(project).folder / "publishing.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    own = {"HEADRACE_PROJECT": str(project.root), "HEADRACE_HOME": str(project.home)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "headrace_airflow.deploy.publishing", str(per_file)],
            cwd=project.root,
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + limit
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.returncode = process.returncode or 0


def said_last(project: Project) -> str:
    """The end of what the publishing process wrote."""
    try:
        text = (archive_of(project).folder / "publishing.log").read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.strip().splitlines()[-3:])


def is_published(project: Project) -> bool:
    """Whether the newest version is what the project says now."""
    archive = archive_of(project)
    newest = archive.newest
    manifest = archive.manifest(newest) if newest else None
    names = project.pipelines()
    if manifest is None or sorted(manifest.pipelines) != names:
        return False
    look = Look()
    for name in names:
        kept = read_kept(project, name)
        if kept is None or not kept.is_current(look) or digest_of(entry_of(kept)) != manifest.pipelines[name].digest:
            return False
    return True


def main(words: Sequence[str]) -> int:
    """Compile, render and publish; one at a time on this project."""
    import fcntl

    from headrace_airflow.deploy.building import render_project
    from headrace_airflow.deploy.choices import Choices

    project = find_project()
    folder = archive_of(project).folder
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "publishing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_published(project):
            return 0
        rendered, problems = render_project(project, Choices(per_file=int(words[0])))
        for problem in problems:
            print(problem)
        print(archive_of(project).publish(rendered))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
