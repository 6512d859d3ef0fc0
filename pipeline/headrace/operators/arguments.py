"""What a task is told, held against what its operator or function takes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from headrace import secrets
from headrace.config.airflow_names import task_key
from headrace.config.nearest import suggestion
from headrace.config.schema.tasks import AddedTask
from headrace.operators.annotations import allowed, kinds, needs_python, problem
from headrace.operators.functions import Signature
from headrace.operators.mapping import mapping_problems
from headrace.operators.problem import Problem
from headrace.operators.references import RUN_FACTS, given, reference, references

#: What begins an expression, a statement or a comment of Jinja.
_TEMPLATE_MARKS = ("{{", "{%", "{#")
_IMPORT_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def argument_problems(
    key: str, what: str, task: Mapping[str, Any], signature: Signature, shared: Collection[str] = ()
) -> Iterator[Problem]:
    """Unknown, missing and wrong arguments of the task at `key`; `what` names its operator or function.

    `shared` are the keywords that every operator has, and that are said beside `args` if at all.
    """
    told = list(_told(key, task))
    for path, name, value in told:
        if name not in signature.parameters:
            if name in shared or not signature.takes_any:
                yield _unknown(path, what, name, signature, shared)
        elif reference(value) is None:
            yield from _wrong(path, what, name, value, signature.parameters[name].annotation)
    for place, given_there in _sets(key, task):
        yield from _missing(place, what, given_there, signature)


def _wrong(path: str, what: str, name: str, value: Any, annotation: str | None) -> Iterator[Problem]:
    accepted = kinds(annotation)
    why = problem(value, accepted)
    if why and needs_python(annotation):
        message = f"`{name}` of {what} has to be a Python object, which YAML cannot give"
        yield Problem("HR356", message, path, _instead(what, value))
    elif why:
        yield Problem("HR356", f"`{name}` of {what} is {why}", path, f"write {allowed(accepted or frozenset())}")


def _instead(what: str, value: Any = None) -> str:
    """What to write where only Python can make an argument."""
    if what.endswith("()"):
        return "let the function make it, from what YAML can say"
    path = value if isinstance(value, str) and _IMPORT_PATH.fullmatch(value) else "…"
    remedy = f"write `function: {path}`, a function of the project's `src/`, instead of `operator`"
    return f"{remedy}; one that is more than a call is decorated (@task.branch, @task.sensor, …)"


def _sets(key: str, task: Mapping[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """The names of all arguments that a copy is told, and where: one for the task if its copies have the same."""
    same, sets = {*task["args"], *task["expand"]}, task["expand_kwargs"]
    if sets is None:
        yield key, same
    for index, one in enumerate(sets if isinstance(sets, list) else []):
        yield f"{key}.expand_kwargs.{index}", same | {*one}


def _told(key: str, task: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every argument: where it is written, its name, its value."""
    for name, value in task["args"].items():
        yield f"{key}.args.{name}", name, value
    for name, values in task["expand"].items():
        options = values if isinstance(values, list) else [values]
        for index, value in enumerate(options):
            yield (f"{key}.expand.{name}.{index}" if isinstance(values, list) else f"{key}.expand.{name}"), name, value
        if values == []:
            yield f"{key}.expand.{name}", name, {"from": ""}
    if isinstance(task["expand_kwargs"], list):
        for index, arguments in enumerate(task["expand_kwargs"]):
            for name, value in arguments.items():
                yield f"{key}.expand_kwargs.{index}.{name}", name, value


def _unknown(path: str, what: str, name: str, signature: Signature, shared: Collection[str]) -> Problem:
    if name == "task_id":
        return Problem("HR354", "`task_id` is not for `args`", path, "delete it: a task is called like its key")
    beside = task_key(name) or (name if name in shared and name in AddedTask.model_fields else None)
    if beside:
        return Problem("HR354", f"`{name}` is not for `args`", path, f"write `{beside}` beside `args`")
    if name in shared:
        return Problem("HR354", f"`{name}` of {what} is not for YAML to say: Airflow does", path, "delete it")
    return Problem("HR354", f"{what} has no argument `{name}`", path, suggestion(name, signature.parameters))


def _missing(key: str, what: str, told: Collection[str], signature: Signature) -> Iterator[Problem]:
    for name, parameter in signature.parameters.items():
        if not parameter.required or name in told:
            continue
        if needs_python(parameter.annotation):
            message = f"{what} needs a Python object for `{name}`, which YAML cannot give"
            yield Problem("HR355", message, key, _instead(what))
        else:
            accepted = kinds(parameter.annotation)
            there = "this set, or to `args` where all copies have the same" if ".expand_kwargs." in key else "`args`"
            remedy = f"add `{name}` to {there}" + (f"; its value is {allowed(accepted)}" if accepted else "")
            yield Problem("HR355", f"{what} needs `{name}`", key, remedy)


def value_problems(key: str, task: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the values themselves, whoever takes them."""
    told = given(task)
    for path, found in references(told):
        if found.kind == "run" and found.name not in RUN_FACTS:
            message = f"a run has no `{found.name}` to tell"
            yield Problem("HR360", message, f"{key}.{path}", suggestion(found.name, RUN_FACTS))
    for path, text in _texts(told):
        if secrets.names(text):
            remedy = "name an Airflow connection, or let a function of the project look the secret up"
            message = "a secret in an argument would be shown in Airflow's pages"
            yield Problem("HR362", message, f"{key}.{path}", remedy)
        elif any(mark in text for mark in _TEMPLATE_MARKS):
            remedy = "nothing is filled in here; write {run: as_of}, {run: run_id} or {from: TASK} for what a run knows"
            yield Problem("HR361", "a template, which stays the text that it is", f"{key}.{path}", remedy, "warning")
    yield from mapping_problems(key, task)


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from _texts(item, f"{path}.{name}" if path else str(name))
