"""Operators for which text is text: Airflow fills references in, and renders nothing."""

from __future__ import annotations

from os import PathLike
from types import new_class
from typing import Any

from airflow.sdk import BaseOperator

from headrace_airflow.run_identity import as_of
from headrace_airflow.spec.model import ScheduleSpec


class RunFact:
    """What a task is told of its run, looked up when it runs."""

    def __init__(self, name: str, schedule: ScheduleSpec) -> None:
        self.name = name
        self._schedule = schedule

    def __repr__(self) -> str:
        return f"{{run: {self.name}}}"

    def resolve(self, context: Any) -> str | None:
        """The fact, as text; None where the run has no such thing."""
        run = context["dag_run"]
        if self.name == "as_of":
            return as_of(run, self._schedule)
        return str(run.run_id) if self.name == "run_id" else getattr(run, "partition_key", None)

    def serialize(self) -> dict[str, str]:
        """As it is shown in Airflow's pages: as the configuration has it."""
        return {"run": self.name}


class _TextIsText:
    """Goes before an operator: its template fields resolve references, and no text is a template or a file's name."""

    template_ext = ()

    def render_template(self, content: Any, context: Any, jinja_env: Any = None, seen_oids: Any = None) -> Any:
        """The content with its references resolved."""
        del jinja_env, seen_oids
        if isinstance(content, dict):
            return {key: self.render_template(value, context) for key, value in content.items()}
        if isinstance(content, list):
            return [self.render_template(value, context) for value in content]
        resolve = None if isinstance(content, PathLike) else getattr(content, "resolve", None)
        return resolve(context) if callable(resolve) else content


def with_plain_text(cls: type[BaseOperator]) -> type[BaseOperator]:
    """The same operator, by the same name, that renders no templates."""
    names = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    return new_class(cls.__name__, (_TextIsText, cls), exec_body=lambda body: body.update(names))


def is_plain(task: Any) -> bool:
    """Whether a task of a DAG, mapped or not, renders no text."""
    return issubclass(task.operator_class if task.is_mapped else type(task), _TextIsText)
