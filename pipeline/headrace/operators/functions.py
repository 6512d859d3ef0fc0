"""Functions of the project's `src/`, read and not run: where they are, what they take, how they are decorated."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

#: The folder of a project that holds its own packages.
SOURCE = "src"


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
    decorators: tuple[str, ...]

    @property
    def is_task(self) -> bool:
        """Whether one of Airflow's `@task`s decorates it, so that it is an operator of its own kind."""
        return any(
            name == "task" or name.startswith(("task.", "sdk.task", "airflow.sdk.task")) for name in self.decorators
        )


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
    tree = ast.parse(file.read_bytes(), file.name)
    return {
        node.name: _function(node) for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    signature = Signature(dict(_parameters(node.args)), node.args.kwarg is not None)
    return Function(signature, tuple(_dotted(decorator) for decorator in node.decorator_list))


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
