"""What differs between the copies of a task: `expand`, `expand_kwargs`, and the argument that names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headrace.config.nearest import suggestion
from headrace.operators.problem import Problem
from headrace.operators.references import reference, references

_VALUES = "write a list, or {from: TASK}"


def mapping_problems(key: str, task: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the copies of the task at `key`, whoever takes the values."""
    for name, values in task["expand"].items():
        yield from _value_problems(f"{key}.expand.{name}", name, values, task)
    yield from _set_problems(f"{key}.expand_kwargs", task["expand_kwargs"], task)
    if task["map_index"] and not _is_expanded(task["map_index"], task):
        message = f"`{task['map_index']}` is no argument that differs between the copies"
        yield Problem("HR364", message, f"{key}.map_index", suggestion(task["map_index"], task["expand"]))


def _value_problems(key: str, name: str, values: Any, task: Mapping[str, Any]) -> Iterator[Problem]:
    if name in task["args"]:
        yield Problem("HR364", f"`{name}` is in `args` as well", key, "keep it in one of them")
    if isinstance(values, list):
        if not values:
            message = f"`{name}` has no values, so that the task would be skipped in every run"
            yield Problem("HR364", message, key, _VALUES)
        yield from _no_references(key, values)
    elif (found := reference(values)) is None or found.kind != "from":
        yield Problem("HR364", f"`{name}` has no values to choose from", key, _VALUES)


def _set_problems(key: str, sets: Any, task: Mapping[str, Any]) -> Iterator[Problem]:
    if isinstance(sets, dict) and reference(sets) is None:
        yield Problem("HR364", "these are no sets of arguments", key, _VALUES)
    if not isinstance(sets, list):
        return
    if not sets:
        message = "there is no set of arguments, so that the task would be skipped in every run"
        yield Problem("HR364", message, key, _VALUES)
    elif not any(sets):
        message = "these sets of arguments are empty, so that the copies are all alike"
        remedy = "write what differs between them, or delete `expand_kwargs`"
        yield Problem("HR364", message, key, remedy, "warning")
    yield from _no_references(key, sets)
    for index, one in enumerate(sets):
        for name in sorted({*one} & {*task["args"]}):
            yield Problem("HR364", f"`{name}` is in `args` as well", f"{key}.{index}.{name}", "keep it in one of them")


def _no_references(key: str, values: list[Any]) -> Iterator[Problem]:
    for path, _ in references(values, key):
        yield Problem("HR364", "what one copy is told is a plain value", path, "put the reference into `args`")


def _is_expanded(name: str, task: Mapping[str, Any]) -> bool:
    sets = task["expand_kwargs"]
    return name in task["expand"] or isinstance(sets, dict) or any(name in one for one in sets or ())
