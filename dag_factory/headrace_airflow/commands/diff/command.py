"""Compile both sides, compare their DAGs, tell."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from headrace.change.revision import find_revision
from headrace.change.sides import sides
from headrace.change.snapshot import snapshot
from headrace.errors import EXIT_FAILED, EXIT_OK
from headrace.project import Project
from headrace_airflow.commands.diff.compare import dag_change
from headrace_airflow.commands.diff.document import DagsDiff
from headrace_airflow.commands.diff.formats import FORMATS
from headrace_airflow.commands.writing import write

#: A DAG differs. 3 is a refusal by a gate everywhere else, so it is not that.
EXIT_EFFECT = 4


def diff_dags(project: Project, revision: str | None, now: datetime, form: str, out: Path | None) -> int:
    """Say how the DAGs differ from a commit's; 1 if a pipeline does not compile, 4 if a DAG differs.

    UsageError for a commit that is not there.
    """
    diff = compare(project, revision, now)
    write(FORMATS[form](diff), out)
    if diff.is_broken:
        return EXIT_FAILED
    return EXIT_EFFECT if diff.dags else EXIT_OK


def compare(project: Project, revision: str | None, now: datetime) -> DagsDiff:
    """All DAGs of the working tree, and of a commit compiled today; next runs are counted from `now` (aware)."""
    found = find_revision(project.root, revision)
    both = sides(snapshot(project, found), project)
    changes = [dag_change(side, now) for side in both]
    told = tuple(change for change in changes if change is not None)
    return DagsDiff(found.asked, found.commit, told, len(both) - len(told))
