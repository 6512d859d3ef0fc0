"""`headrace dags show`: what one DAG looks like, and when it runs next."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from headrace.change.schedules import text as schedule_text
from headrace.errors import EXIT_OK, shown
from headrace.plan.model import Plan
from headrace.project import Project
from headrace_airflow.commands.pipelines import current_plan
from headrace_airflow.commands.upcoming import Upcoming, upcoming
from headrace_airflow.commands.writing import write
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.drawing.graph import Graph, graph_of
from headrace_airflow.spec.drawing.mermaid import as_mermaid
from headrace_airflow.spec.drawing.svg import as_svg
from headrace_airflow.spec.drawing.text import as_text
from headrace_airflow.spec.model import SUMMARY, DagSpec, to_json
from headrace_airflow.spec.summary import summarised
from headrace_airflow.table import aligned

#: Raised when the form of the JSON document changes.
FORMAT = 1
#: Runs that are shown.
RUNS = 5
#: Columns of a drawing that goes to a file or a pipe.
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """One DAG with what is told of it."""

    plan: Plan
    spec: DagSpec
    runs: tuple[Upcoming, ...]

    @property
    def graph(self) -> Graph:
        """Its picture's content."""
        return graph_of(self.spec)


def show_dag(project: Project, name: str, after: datetime, form: str, out: Path | None) -> int:
    """Print a pipeline's DAG, or write it to `out`; next runs are those later than `after`.

    Without an offset, `after` is a time on the clock of the schedule's zone.

    UsageError for a name that is no pipeline, ConfigError for one that does not compile.
    """
    plan = current_plan(project, name)
    if after.tzinfo is None:
        after = after.replace(tzinfo=ZoneInfo(plan.spec["schedule"]["timezone"]))
    told = Shown(plan, dag_spec(plan), upcoming(plan.spec["schedule"], after, RUNS))
    write(FORMATS[form](told), out)
    return EXIT_OK


def _as_text(told: Shown) -> str:
    spec, plan = told.spec, told.plan
    head = [("schedule", schedule_text(plan.spec["schedule"])), ("plan", plan.digest[:12])]
    head += [("tags", ", ".join(spec.tags))] if spec.tags else []
    title = f"{spec.dag_id}: {spec.description}" if spec.description else spec.dag_id
    facts = aligned([(f"  {name}", shown(value)) for name, value in head])
    drawing = as_text(told.graph, _width(), ascii_only=not _draws_lines())
    return "\n\n".join([f"{shown(title)}\n{facts}", drawing, "\n".join(_runs(told))]) + "\n"


def _runs(told: Shown) -> Iterator[str]:
    if not told.runs:
        yield "no run comes by the clock from now on"
        return
    yield f"next runs, in {told.plan.spec['schedule']['timezone']}"
    yield aligned([(f"  {run.local:%a %Y-%m-%d %H:%M %Z}", run.note) for run in told.runs])


def _width() -> int:
    return shutil.get_terminal_size((_WIDTH, 24)).columns if sys.stdout.isatty() else _WIDTH


def _draws_lines() -> bool:
    try:
        "│○…".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _as_json(told: Shown) -> str:
    graph = told.graph
    document: Mapping[str, Any] = {
        "format": FORMAT,
        "dag": told.spec.dag_id,
        "plan": told.plan.digest,
        "description": told.spec.description,
        "tags": list(told.spec.tags),
        "schedule": {"text": schedule_text(told.plan.spec["schedule"]), **to_json(told.spec.schedule)},
        "next_runs": [run.to_json() for run in told.runs],
        "order": [node.name for node in graph.nodes],
        "edges": [list(edge) for edge in graph.edges],
        "tasks": _tasks(told.spec),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _tasks(spec: DagSpec) -> dict[str, Any]:
    documents = [to_json(task) for task in spec.tasks]
    found = {document.pop("task_id"): document for document in documents}
    members = summarised(spec)
    return {**found, SUMMARY: {"upstream": list(members)}} if members else found


#: Name of a format -> the text of it.
FORMATS: Mapping[str, Callable[[Shown], str]] = {
    "text": _as_text,
    "mermaid": lambda told: as_mermaid(told.graph),
    "svg": lambda told: as_svg(told.graph),
    "json": _as_json,
}
