"""Text of the YAML that Airflow would render: Jinja in it would run with Airflow's variables at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headrace.errors import Diagnostic
from headrace_airflow.commands.checking.findings import Subject

#: What begins something that Jinja acts on.
_MARKS = ("{{", "{%", "{#")
_DEEPEST = 20


def problems(subject: Subject) -> Iterator[Diagnostic]:
    """Every text in a rendered field that Jinja would act on, or that Airflow would take for the name of a file.

    Tasks that a pipeline adds have such fields too, and render no text.
    """
    from headrace_airflow.build.text import is_plain

    for task in subject.dag.tasks:
        if is_plain(task):
            continue
        fields = [field.partition(".")[0] for field in task.template_fields]
        endings = tuple(ending for ending in task.template_ext if ending)
        for field in dict.fromkeys(fields):
            for text in _texts(list(_values(task, field))):
                if why := _why(text, endings):
                    yield _problem(subject, task.task_id, field, text, why)


def _why(text: str, endings: tuple[str, ...]) -> str:
    mark = next((mark for mark in _MARKS if mark in text), "")
    if mark:
        return f"Jinja would act on `{mark}`"
    return "Airflow would read the file of that name" if endings and text.endswith(endings) else ""


def _values(task: Any, field: str) -> Iterator[Any]:
    """A field of a task; of a mapped task also what it is expanded over."""
    if not task.is_mapped:
        yield getattr(task, field, None)
        return
    yield task.partial_kwargs.get(field)
    expanded = getattr(getattr(task, "expand_input", None), "value", None)
    if isinstance(expanded, Mapping):
        yield expanded.get(field)
    elif isinstance(expanded, Sequence):
        yield [each.get(field) for each in expanded if isinstance(each, Mapping)]


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts in a value that Airflow renders: not those in `literal(...)`, nor in objects of its own."""
    if isinstance(value, str):
        yield value
    elif depth >= _DEEPEST:
        return
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _texts(item, depth + 1)


def _problem(subject: Subject, task: str, field: str, text: str, why: str) -> Diagnostic:
    short = text if len(text) <= 60 else f"{text[:60]}…"
    message = f"the rendered field {field} of task {task} holds {short!r}: {why}"
    remedy = "wrap it in `literal(...)`" if subject.plan is None else "write it without these signs"
    name = task.rpartition(".")[2]
    return Diagnostic("HR713", message, subject.place(f"tasks.{name}.args.{field}"), remedy)
