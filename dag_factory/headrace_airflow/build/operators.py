"""Import path -> operator class, looked at again when it is there; and what its parameters are called."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from airflow.sdk import BaseOperator, BaseSensorOperator

#: How many parts of an import path name the package that it was allowed by.
_AIRFLOW_ROOT = {"airflow.providers": 3, "airflow.sdk": 2}


class NotAnOperatorError(TypeError):
    """Something is at the path, and it is no operator that can run: a `function` or something `other`."""

    def __init__(self, message: str, there: str) -> None:
        super().__init__(message)
        self.there = there


class NamedElsewhereError(TypeError):
    """An operator that the module of the path only imports; `where` it is."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where


def find_operator(path: str) -> type[BaseOperator]:
    """The operator of that path. ImportError if it is not there, TypeError if it is no operator that can run."""
    module_name, _, name = path.rpartition(".")
    found = getattr(import_module(module_name), name, None)
    if found is None:
        raise ImportError(f"{module_name} has no {name}")
    if not inspect.isclass(found):
        is_function = callable(found)
        what = "is a function, and no operator" if is_function else "is no operator"
        raise NotAnOperatorError(f"{path} {what}", "function" if is_function else "other")
    if not issubclass(found, BaseOperator):
        raise NotAnOperatorError(f"{path} is no operator", "other")
    if found.execute is BaseOperator.execute or getattr(found, "poke", None) is BaseSensorOperator.poke:
        raise NotAnOperatorError(f"{path} is what operators are made of, and does nothing itself", "other")
    if not f"{found.__module__}.".startswith(f"{_root(path)}."):
        where = f"{found.__module__}.{found.__qualname__}"
        raise NamedElsewhereError(f"{path} is a class of {found.__module__}: name it where it is", where)
    return found


def _root(path: str) -> str:
    parts = path.split(".")
    return ".".join(parts[: _AIRFLOW_ROOT.get(".".join(parts[:2]), 1)])


def constructors(cls: type[BaseOperator]) -> Iterator[Any]:
    """The `__init__`s that take the class's own keywords, from the class up to what all operators share."""
    for base in cls.__mro__:
        if base is BaseOperator:
            return
        if (own := vars(base).get("__init__")) is not None:
            yield inspect.unwrap(own)


def annotation_of(cls: type[BaseOperator], name: str) -> str | None:
    """What the class says of one of its keywords, as text."""
    for init in constructors(cls):
        if name in init.__annotations__:
            return annotation_text(init.__annotations__[name])
    return None


def annotation_text(annotation: Any) -> str | None:
    """An annotation as it is written."""
    if isinstance(annotation, str):
        return annotation
    return None if annotation is inspect.Parameter.empty else inspect.formatannotation(annotation)


def waits_for_person(operator: Any) -> bool:
    """Whether a task of this operator, mapped or not, ends only when somebody has answered in Airflow."""
    cls = getattr(operator, "operator_class", type(operator))
    return any(base.__name__ == "HITLOperator" for base in cls.__mro__)
