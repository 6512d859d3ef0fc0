"""What test runs came to, and the forms in which it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from headrace.errors import shown
from headrace_airflow.commands.junit import Case, junit
from headrace_airflow.table import aligned

#: Raised when the form of the JSON document changes.
FORMAT = 1
_FAILED = ("failed", "upstream_failed")


@dataclass(frozen=True, slots=True)
class TaskResult:
    """How a task, or one instance of a mapped one, ended."""

    task: str
    state: str
    tries: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class RunResult:
    """How one run ended."""

    dag: str
    state: str
    """Airflow's, or `error` where there was no run."""
    run_id: str = ""
    seconds: float = 0.0
    tasks: tuple[TaskResult, ...] = ()
    marked: tuple[str, ...] = ()
    """Tasks that wait for a person, and were marked as done."""
    cause: str = ""
    """Why there was no run, or none that ended."""

    @property
    def is_green(self) -> bool:
        """Whether the run succeeded."""
        return self.state == "success"


def tasks_table(run: RunResult) -> str:
    """One line for each task."""
    return aligned([("task", "state", "tries", "seconds"), *(_row(task) for task in run.tasks)])


def _row(task: TaskResult) -> tuple[str, ...]:
    return (task.task, task.state, str(task.tries), "" if task.seconds is None else f"{task.seconds:.1f}")


def runs_table(runs: Sequence[RunResult]) -> str:
    """One line for each run, and how many were green."""
    rows = [(run.dag, str(len(run.tasks)), run.state, f"{run.seconds:.1f}", _why(run)) for run in runs]
    green = sum(run.is_green for run in runs)
    return f"{shown(aligned([('dag', 'tasks', 'state', 'seconds', ''), *rows]))}\n{green} of {len(runs)} runs are green"


def _why(run: RunResult) -> str:
    failed = ", ".join(task.task for task in run.tasks if task.state in _FAILED)
    marked = f"marked as done: {', '.join(run.marked)}" if run.marked else ""
    return "; ".join(part for part in (run.cause, failed, marked) if part)


def _as_json(runs: Sequence[RunResult]) -> str:
    return json.dumps({"format": FORMAT, "runs": [asdict(run) for run in runs]}, indent=2, ensure_ascii=False) + "\n"


def _as_junit(runs: Sequence[RunResult]) -> str:
    """A case for each task; a run that did not come to its tasks is one."""
    return junit("headrace dags test", [case for run in runs for case in _cases(run)])


def _cases(run: RunResult) -> Sequence[Case]:
    cases = [
        Case(
            run.dag,
            task.task,
            seconds=task.seconds or 0.0,
            failure=f"{task.task} is {task.state}" if task.state in _FAILED else "",
            skipped="skipped" if task.state == "skipped" else "",
            output="waits for a person: marked as done" if task.task in run.marked else "",
        )
        for task in run.tasks
    ]
    failure = "" if run.is_green else run.cause or f"the run is {run.state}"
    return [Case(run.dag, "run", seconds=run.seconds, failure=failure), *cases]


#: Name of a format -> the text of it.
FORMATS: Mapping[str, Callable[[Sequence[RunResult]], str]] = {"json": _as_json, "junit": _as_junit}
