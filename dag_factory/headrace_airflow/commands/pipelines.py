"""The pipelines that a command is about."""

from __future__ import annotations

from headrace.config.nearest import suggestion
from headrace.errors import UsageError
from headrace.plan.model import Plan
from headrace.project import Project
from headrace_airflow.freshness import PATIENCE, up_to_date


def require_known(project: Project, name: str) -> None:
    """UsageError, with the names that may be meant, if there is no such pipeline."""
    known = project.pipelines()
    if name not in known:
        raise UsageError(f"there is no pipeline {name}", remedy=suggestion(name, known) or "add one to conf/pipeline")


def current_plan(project: Project, name: str) -> Plan:
    """A pipeline's plan as it is now; UsageError if there is no such pipeline, ConfigError if it does not compile."""
    require_known(project, name)
    (result,) = up_to_date(project, [name], PATIENCE)
    return result.require()
