"""What a check looks at, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headrace.errors import Diagnostic, Place
from headrace.plan.model import Plan
from headrace_airflow.spec.model import DagSpec

if TYPE_CHECKING:
    from airflow.sdk import DAG
    from airflow.serialization.definitions.dag import SerializedDAG

#: What a check without a database cannot know.
NOT_CHECKED = "pools, connections and variables: they are in Airflow's database"


@dataclass(frozen=True, slots=True)
class Subject:
    """One DAG of the folder."""

    dag: DAG
    plan: Plan | None
    """Its pipeline's; none for a DAG of somebody's own, and for a stand-in."""
    file: str
    """Its DAG file, from the project's folder."""
    spec: DagSpec | None = None
    """What the plan makes; none where that cannot be, which the stand-in says."""
    stored: SerializedDAG | None = None
    """As the scheduler reads it; none if it cannot be serialised."""

    def place(self, key: str = "") -> Place:
        """Where the YAML has a value of the pipeline; for other DAGs their file."""
        found = self.plan.place_of(key) or self.plan.place_of("name") if self.plan is not None and key else None
        return found or Place(self.file)


@dataclass(frozen=True, slots=True)
class Year:
    """What a schedule does within a year."""

    runs: int | None = None
    """None: the clock starts none."""
    more: bool = False
    """Counting stopped: there are more."""
    first: str = ""
    """The first of them, in the schedule's zone."""
    notes: tuple[str, ...] = ()
    """What changes of clocks do to runs."""


@dataclass(frozen=True, slots=True)
class CheckedDag:
    """One DAG's line."""

    name: str
    file: str
    tasks: int
    schedule: str
    year: Year
    problems: Sequence[tuple[str, Diagnostic]]
    """(name of the check, what it found)."""

    @property
    def state(self) -> str:
        """`ok`, `warned` or `broken`."""
        found = {problem.severity for _, problem in self.problems}
        return "broken" if "error" in found else "warned" if found else "ok"


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that a check found."""

    dags: Sequence[CheckedDag]
    unloaded: Sequence[tuple[str, str, Diagnostic]] = ()
    """(file or pipeline, name of the check, problem) of what is no DAG: files that fail, pipelines nothing loads."""
    checks: Sequence[str] = ()
    """Names of the checks that every DAG went through."""

    @property
    def problems(self) -> Sequence[Diagnostic]:
        """All of it, in order."""
        found = [problem for dag in self.dags for _, problem in dag.problems]
        return [*found, *(problem for _, _, problem in self.unloaded)]

    @property
    def is_broken(self) -> bool:
        """Whether anything is worse than a warning."""
        return any(problem.severity == "error" for problem in self.problems)
