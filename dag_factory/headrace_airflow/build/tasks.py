"""OperatorTask -> a task of the DAG."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getdoc
from pathlib import Path
from typing import Any

from airflow.sdk import DAG

from headrace.errors import ConfigError, Diagnostic, Place
from headrace.operators.annotations import converted
from headrace.operators.references import reference
from headrace_airflow.build.assets import build_ports
from headrace_airflow.build.functions import decorated, find_function
from headrace_airflow.build.groups import group_named
from headrace_airflow.build.operators import annotation_of, find_operator
from headrace_airflow.build.options import option_arguments, with_role
from headrace_airflow.build.text import RunFact, with_plain_text
from headrace_airflow.notices import Notifier
from headrace_airflow.site import Site
from headrace_airflow.spec.markdown import with_prose
from headrace_airflow.spec.model import OperatorTask, ScheduleSpec


def build_added(task: OperatorTask, schedule: ScheduleSpec, site: Site, notifier: Notifier, dag: DAG) -> None:
    """Add the task to the DAG, which has that schedule, with the edges of what it is given by others.

    ConfigError where Airflow refuses it.
    """
    options = {
        "task_id": task.task_id,
        "dag": dag,
        **({"task_group": group_named(task.group, dag)} if task.group else {}),
        "on_failure_callback": notifier.task_failed,
        "on_retry_callback": notifier.retrying,
        "trigger_rule": "all_success",
        **option_arguments(task.options, f"tasks.{task.task_id}"),
    }
    usual = option_arguments(task.usual)
    try:
        options |= {"inlets": build_ports(task.inlets), "outlets": build_ports(task.outlets)}
        if task.operator:
            _add_operator(task, {**usual, **options}, dag, schedule)
        else:
            _add_function(task, usual, options, dag, schedule, Path(site.root))
        with_role(dag.get_task(task.task_id), task.options)
    except Exception as error:
        what = (task.operator or task.function).rpartition(".")[2]
        message = f"{what} refuses what the task {task.task_id} tells it: {type(error).__name__}: {error}"
        raise ConfigError([Diagnostic("HR363", message, Place(task.place) if task.place else None)]) from error


def _add_operator(task: OperatorTask, options: Mapping[str, Any], dag: DAG, schedule: ScheduleSpec) -> None:
    found = find_operator(task.operator)
    cls = with_plain_text(found)
    values = _Values(dag, schedule, {name: annotation_of(found, name) for name in _told(task)})
    args = values.of(task.args)
    if not _is_mapped(task):
        cls(**options, **args)
        return
    named = _map_index("task.", task.map_index, "")
    partial = cls.partial(**options, **named, **args)
    if task.expand:
        partial.expand(**values.of_each(task.expand))
    else:
        partial.expand_kwargs(values.of_sets(task.expand_kwargs))


def _add_function(
    task: OperatorTask,
    usual: Mapping[str, Any],
    options: Mapping[str, Any],
    dag: DAG,
    schedule: ScheduleSpec,
    root: Path,
) -> None:
    import attr

    parameters = find_function(task.function, root).signature.parameters
    values = _Values(dag, schedule, {name: parameter.annotation for name, parameter in parameters.items()})
    found = decorated(task.function, root)
    named = _map_index("task.op_kwargs['", task.map_index, "']")
    plain = attr.evolve(found, operator_class=with_plain_text(found.operator_class))
    function = plain.override(**{**_beside(usual, found), **options}, **named)
    args = values.of(task.args)
    if not _is_mapped(task):
        function(**args)
    elif task.expand:
        function.partial(**args).expand(**values.of_each(task.expand))
    else:
        function.partial(**args).expand_kwargs(values.of_sets(task.expand_kwargs))


def _beside(usual: Mapping[str, Any], found: Any) -> dict[str, Any]:
    """What is usual beside what the decorator says; Airflow would show the docstring where nothing else is written."""
    kept = {key: value for key, value in usual.items() if key not in found.kwargs}
    if "doc_md" in kept and found.function.__doc__:
        kept["doc_md"] = with_prose(getdoc(found.function), kept["doc_md"])
    return kept


def _map_index(before: str, argument: str | None, after: str) -> dict[str, str]:
    """The one template there is: of an argument's name, which the schema holds to be a name."""
    return {"map_index_template": "{{ " + before + argument + after + " }}"} if argument else {}


def _is_mapped(task: OperatorTask) -> bool:
    return bool(task.expand) or task.expand_kwargs is not None


def _told(task: OperatorTask) -> set[str]:
    sets = task.expand_kwargs if isinstance(task.expand_kwargs, list) else []
    return {*task.args, *task.expand, *(name for one in sets for name in one)}


class _Values:
    """What YAML says, as Python takes it."""

    def __init__(self, dag: DAG, schedule: ScheduleSpec, annotations: Mapping[str, str | None]) -> None:
        self._dag = dag
        self._schedule = schedule
        self._annotations = annotations

    def of(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(name, value) for name, value in arguments.items()}

    def of_each(self, expanded: Mapping[str, Any]) -> dict[str, Any]:
        """Argument -> its value in each copy, or the task that says which there are."""
        return {
            name: [self._value(name, each) for each in values] if isinstance(values, list) else self._held(values)
            for name, values in expanded.items()
        }

    def of_sets(self, sets: Any) -> Any:
        return [self.of(one) for one in sets] if isinstance(sets, list) else self._held(sets)

    def _value(self, name: str, value: Any) -> Any:
        return self._held(converted(value, self._annotations.get(name)))

    def _held(self, value: Any) -> Any:
        found = reference(value)
        if found is not None:
            if found.kind == "from":
                return self._dag.get_task(found.name).output
            return RunFact(found.name, self._schedule)
        if isinstance(value, dict):
            return {key: self._held(item) for key, item in value.items()}
        return [self._held(item) for item in value] if isinstance(value, list) else value
