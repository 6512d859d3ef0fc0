"""Functions of the project's `src/`, read and not run: where they are, what they take, how they are decorated."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

#: The folder of a project that holds its own packages.
SOURCE = "src"
_HOMES_OF_TASK = ("airflow.sdk", "airflow.decorators")


class Parameter(NamedTuple):
    """One parameter of an operator or a function."""

    annotation: str | None = None
    required: bool = False


class Signature(NamedTuple):
    """What something takes by keyword."""

    parameters: Mapping[str, Parameter]
    takes_any: bool = False
    """It has `**kwargs`."""


class Function(NamedTuple):
    """One function, as its source says."""

    signature: Signature
    is_task: bool
    """Whether one of Airflow's `@task`s decorates it, so that it is an operator of its own kind."""


def packages(root: Path) -> tuple[str, ...]:
    """The top-level names that the project's `src/` has."""
    folder = root / SOURCE
    found = [path.stem for path in folder.glob("*.py")] if folder.is_dir() else []
    found += [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return tuple(sorted(name for name in found if name.isidentifier()))


def module_file(root: Path, module: str) -> Path | None:
    """The file of a module of the project's `src/`; none if it is not there, or leads out of it."""
    folder = (root / SOURCE).resolve()
    path = folder.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file() and candidate.resolve().is_relative_to(folder):
            return candidate
    return None


def functions(file: Path) -> dict[str, Function]:
    """The functions of a module, by name. SyntaxError and OSError for a file that cannot be read."""
    body = ast.parse(file.read_bytes(), file.name).body
    decorators = set(_airflows_task(body))
    found = (node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name: _function(node, decorators) for node in found}


def _airflows_task(body: list[ast.stmt]) -> Iterator[str]:
    """What Airflow's `task` is called in the module."""
    for node in body:
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            called = alias.asname or alias.name
            if isinstance(node, ast.Import) and alias.name in _HOMES_OF_TASK:
                yield f"{called}.task"
            elif isinstance(node, ast.ImportFrom) and node.module in _HOMES_OF_TASK and alias.name == "task":
                yield called
            elif isinstance(node, ast.ImportFrom) and f"{node.module}.{alias.name}" in _HOMES_OF_TASK:
                yield f"{called}.task"


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, decorators: Collection[str]) -> Function:
    signature = Signature(dict(_parameters(node.args)), node.args.kwarg is not None)
    names = (_dotted(decorator) for decorator in node.decorator_list)
    is_task = any(name == task or name.startswith(f"{task}.") for name in names for task in decorators)
    return Function(signature, is_task)


def _parameters(arguments: ast.arguments) -> Iterator[tuple[str, Parameter]]:
    plain = [*arguments.posonlyargs, *arguments.args]
    bare = len(plain) - len(arguments.defaults)
    for index, argument in enumerate(plain):
        yield argument.arg, Parameter(_text(argument.annotation), index < bare)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield argument.arg, Parameter(_text(argument.annotation), default is None)


def _text(annotation: ast.expr | None) -> str | None:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    return ast.unparse(annotation) if annotation else None


def _dotted(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
