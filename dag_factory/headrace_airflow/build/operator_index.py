"""Looks operators up for linting; run as `python -m headrace_airflow.build.operator_index OUT NAME…`.

It imports what it is asked for, so it is a process of its own.
"""

from __future__ import annotations

import ast
import inspect
import json
import pkgutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator

from headrace_airflow.build.operators import (
    NamedElsewhereError,
    NotAnOperatorError,
    annotation_text,
    constructors,
    find_operator,
)


def entry(path: str) -> dict[str, Any]:
    """What is known of one operator, or what is wrong with its path, as JSON."""
    try:
        cls = find_operator(path)
    except Exception as error:  # noqa: BLE001 - the project's own module may fail in any way
        return _without_operator(path, error)
    parameters, takes_any = _parameters(cls)
    return {
        "parameters": parameters,
        "takes_any": takes_any,
        "template_fields": list(cls.template_fields),
        "shared": sorted({*inspect.signature(BaseOperator.__init__).parameters} - {"self", "kwargs"}),
        "file": inspect.getfile(cls),
    }


def _without_operator(path: str, error: Exception) -> dict[str, Any]:
    if isinstance(error, NotAnOperatorError):
        return {"problem": str(error), "there": error.there, "near": _operators_of(path.rpartition(".")[0])}
    if isinstance(error, NamedElsewhereError):
        return {"problem": str(error), "remedy": f"write `operator: {error.where}`"}
    if isinstance(error, ModuleNotFoundError):
        missing = error.name or path
        if f"{path}.".startswith(f"{missing}."):
            return {"problem": f"there is no module {missing}", "asked": missing, "near": _siblings(missing)}
        return {"problem": f"{path} cannot be imported: {error}"}
    if isinstance(error, ImportError):
        return {"problem": str(error), "asked": path, "near": _operators_of(path.rpartition(".")[0])}
    return {"problem": f"{path} cannot be imported: {type(error).__name__}: {error}"}


def _parameters(cls: type[BaseOperator]) -> tuple[dict[str, tuple[str | None, bool]], bool]:
    """Keyword -> its annotation and whether it must be given; and whether any other is taken.

    What a class hands up itself is not for its users to give; what it speaks of, it may fill in.
    """
    found: dict[str, tuple[str | None, bool]] = {}
    handed_up: set[str] = set()
    spoken_of: set[str] = set()
    for init in constructors(cls):
        parameters = inspect.signature(init).parameters
        for parameter in list(parameters.values())[1:]:
            if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
                continue
            if parameter.name not in found and parameter.name not in handed_up:
                required = parameter.default is parameter.empty and parameter.name not in spoken_of
                found[parameter.name] = (annotation_text(parameter.annotation), required)
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
            return found, False
        handed_up.update(_handed_up(init))
        spoken_of.update(_texts(init))
    return found, False


def _handed_up(init: Any) -> Iterator[str]:
    """The keywords of its call of `super().__init__`."""
    for node in ast.walk(_source(init)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "__init__":
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)


def _texts(init: Any) -> Iterator[str]:
    for node in ast.walk(_source(init)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _source(init: Any) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(init)))
    except (OSError, TypeError, SyntaxError):
        return ast.Module([], [])


def _operators_of(module: str) -> list[str]:
    there = vars(sys.modules[module]) if module in sys.modules else ()  # it may have failed itself
    return [name for name in there if _is_operator(f"{module}.{name}")]


def _is_operator(path: str) -> bool:
    try:
        return bool(find_operator(path))
    except (ImportError, TypeError):
        return False


def _siblings(missing: str) -> list[str]:
    parent = missing.rpartition(".")[0]
    try:
        path: Iterable[str] = getattr(import_module(parent), "__path__", ()) if parent else ()
    except ImportError:
        return []
    return [module.name for module in pkgutil.iter_modules(path)]


def main(out: str, names: Iterable[str]) -> None:
    """Write what is known of the operators."""
    Path(out).write_text(json.dumps({name: entry(name) for name in names}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
