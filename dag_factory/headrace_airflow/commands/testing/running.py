"""One run through Airflow's own `dag.test()`."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from headrace.errors import Diagnostic
from headrace_airflow.build.operators import waits_for_person
from headrace_airflow.commands.testing.results import RunResult, TaskResult

if TYPE_CHECKING:
    from airflow.sdk import DAG

#: Seconds for the structure of one DAG, which takes one or two: a run that waits for what never comes has no end.
STRUCTURE_LIMIT = 120
_EVERY_TASK = ".*"
_BUNDLES = "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"


class Wanted(NamedTuple):
    """What kind of run."""

    date: datetime | None = None
    """Logical date; the run looks from the end of the data interval that ended last before it."""
    structure: bool = False
    """Whether every task is marked as done instead of run."""
    wait: bool = False
    """Whether tasks wait for the answers of people; else they are marked as done."""


def run_dag(dag: DAG, wanted: Wanted) -> RunResult:
    """Run it to its end. What Airflow raises is told in the result."""
    marked = () if wanted.wait else waiting_for_people(dag)
    if wanted.structure and (problems := _diagnostics(dag)):
        return RunResult(dag.dag_id, "error", cause=f"it does not compile: {problems[0]}")
    pattern = _pattern(wanted, marked, _returning_one(dag) if wanted.structure else ())
    began = time.monotonic()
    try:
        with _limit(STRUCTURE_LIMIT if wanted.structure else 0), _nobody_told(dag, wanted):
            run = dag.test(logical_date=wanted.date, mark_success_pattern=pattern)
    except Exception as error:  # noqa: BLE001 - one DAG that cannot be run is told, and the others are run
        cause = f"{type(error).__name__}: {error}"
        return RunResult(dag.dag_id, "error", seconds=time.monotonic() - began, cause=cause)
    seconds = round(time.monotonic() - began, 3)
    return RunResult(dag.dag_id, str(run.state), run.run_id, seconds, tuple(_tasks(dag, run)), marked)


@contextmanager
def _nobody_told(dag: DAG, wanted: Wanted) -> Iterator[None]:
    """Without deadlines, which `dag.test()` cannot keep; of a structure, whose stages are not run, nobody hears."""
    put_aside: dict[str, Any] = {"deadline": None}
    if wanted.structure:
        put_aside |= {"on_success_callback": None, "on_failure_callback": None}
        put_aside |= {"has_on_success_callback": False, "has_on_failure_callback": False}
    before = {name: getattr(dag, name) for name in put_aside}
    for name, value in put_aside.items():
        setattr(dag, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(dag, name, value)


def _diagnostics(dag: DAG) -> Sequence[Diagnostic]:
    """What is wrong with the pipeline of a stand-in, whose structure says nothing of it."""
    from headrace_airflow.runtimes.operator import BrokenOperator

    return [problem for task in dag.tasks if isinstance(task, BrokenOperator) for problem in task.diagnostics]


def waiting_for_people(dag: DAG) -> tuple[str, ...]:
    """Tasks that nobody would answer in a test: approvals and questions."""
    return tuple(task.task_id for task in dag.tasks if waits_for_person(task))


def _returning_one(dag: DAG) -> Sequence[str]:
    """The tasks that others are mapped over: of those that are marked as done nobody knows how many copies to make.

    They do nothing either, but are run, and return what one copy is made for.
    """
    mapped: list[Any] = [task for task in dag.tasks if task.is_mapped]
    sources: dict[str, Any] = {source.task_id: source for task in mapped for source in task.iter_mapped_dependencies()}
    for source in sources.values():
        if source.is_mapped:
            source.operator_class = type(source.operator_class.__name__, (_OneItem, source.operator_class), {})
        else:
            source.__class__ = type(type(source).__name__, (_OneList, type(source)), {})
    return list(sources)


class _OneItem:
    """Goes before an operator: does nothing, and returns one thing."""

    template_fields = ()

    def execute(self, context: Any) -> Any:
        del context
        return {}


class _OneList(_OneItem):
    """Goes before an operator: does nothing, and returns a list of one thing."""

    def execute(self, context: Any) -> Any:
        return [super().execute(context)]


def _pattern(wanted: Wanted, marked: Sequence[str], running: Sequence[str]) -> str | None:
    """Which tasks Airflow marks as done instead of running them."""
    if wanted.structure:
        return f"(?!(?:{'|'.join(map(re.escape, running))})$){_EVERY_TASK}" if running else _EVERY_TASK
    return "|".join(re.escape(name) for name in marked) or None


def _tasks(dag: DAG, run: Any) -> Iterator[TaskResult]:
    order = {task.task_id: index for index, task in enumerate(dag.topological_sort())}  # type: ignore[no-untyped-call]
    instances = [instance for instance in run.get_task_instances() if instance.task_id in order]
    for instance in sorted(instances, key=lambda each: (order[each.task_id], each.map_index)):
        index = f"[{instance.rendered_map_index or instance.map_index}]" if instance.map_index >= 0 else ""
        state = str(instance.state or "none")
        yield TaskResult(f"{instance.task_id}{index}", state, instance.try_number, instance.duration)


@contextmanager
def stored_once() -> Iterator[None]:
    """Store all DAGs in the database now, so that no run within does it again: each would, for the whole folder.

    Within, Airflow is told that its bundles are folders with nothing in them.
    """
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

    manager = DagBundlesManager()  # type: ignore[no-untyped-call]
    manager.sync_bundles_to_db()
    names = []
    for bundle in manager.get_all_dag_bundles():
        bundle.initialize()
        bag = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
        sync_bag_to_db(bag, bundle.name, bundle.version)
        names.append(bundle.name)
    with TemporaryDirectory(prefix="headrace-") as empty, _environment(_BUNDLES, _empty_bundles(names, empty)):
        yield


def _empty_bundles(names: Sequence[str], folder: str) -> str:
    import json

    local = "airflow.dag_processing.bundles.local.LocalDagBundle"
    return json.dumps([{"name": name, "classpath": local, "kwargs": {"path": folder}} for name in names])


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@contextmanager
def _limit(seconds: int) -> Iterator[None]:
    """TimeoutError after so many seconds; none: no limit."""

    def late(*_: object) -> NoReturn:
        raise TimeoutError(f"the run did not end within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
