"""The one document that says how DAGs differ: frozen, and read by every renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from headrace.change.document import ScheduleChange
from headrace.errors import Diagnostic

#: Raised when the form of the JSON document changes.
FORMAT = 1

State = Literal["added", "removed", "changed", "mended", "breaks", "broken"]
Fate = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value of a DAG or a task that differs."""

    path: str
    before: str | None
    """As it may be shown; None: Airflow's default."""
    after: str | None


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A task that comes, goes or is told other things."""

    name: str
    fate: Fate
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class DagChange:
    """One DAG's differences."""

    name: str
    state: State
    plan_before: str | None = None
    """Digest; None: there was no plan."""
    plan_after: str | None = None
    fields: tuple[FieldChange, ...] = ()
    tasks: tuple[TaskChange, ...] = ()
    edges_added: tuple[tuple[str, str], ...] = ()
    """(before, after)."""
    edges_removed: tuple[tuple[str, str], ...] = ()
    schedule: ScheduleChange | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_plan_only(self) -> bool:
        """Whether the same tasks run another plan, and nothing else differs."""
        details = (self.fields, self.tasks, self.edges_added, self.edges_removed, self.schedule)
        return self.state == "changed" and not any(details)


@dataclass(frozen=True, slots=True)
class DagsDiff:
    """What a change does to all DAGs."""

    against: str
    commit: str
    dags: tuple[DagChange, ...]
    unchanged: int

    @property
    def is_broken(self) -> bool:
        """Whether a pipeline does not compile after the change."""
        return any(dag.state in ("breaks", "broken") for dag in self.dags)

    def to_json(self) -> dict[str, Any]:
        """The document."""
        dags = [_dag_json(dag) for dag in self.dags]
        head: Mapping[str, Any] = {"format": FORMAT, "against": self.against, "commit": self.commit}
        return {**head, "unchanged": self.unchanged, "dags": dags}


def _dag_json(dag: DagChange) -> dict[str, Any]:
    document = asdict(dag)
    return {**document, "diagnostics": [diagnostic.as_json() for diagnostic in dag.diagnostics]}
