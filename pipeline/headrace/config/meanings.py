"""What each key of the schema means, read from the docstrings under the fields when somebody asks.

Pydantic could keep them on the models, but would read all sources at import: every compile would pay for it.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import ModuleType
from typing import Any

from headrace.config.schema.strict import Part

_LABEL = re.compile(r"^(Unit|Example): (.*)$", re.MULTILINE)
_QUOTED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a key is for."""

    text: str
    """One or two sentences."""
    unit: str = ""
    """What a number counts, or the kind of text: `rows`, `duration`."""
    examples: tuple[str, ...] = ()
    """Values as they are written in YAML."""

    @property
    def example_values(self) -> tuple[Any, ...]:
        """The examples, read; dates stay as they are written."""
        import yaml

        values = [yaml.safe_load(example) for example in self.examples]
        return tuple(value.isoformat() if isinstance(value, date) else value for value in values)


def meanings(part: type[Part]) -> Mapping[str, Meaning]:
    """The meaning of each field of a part, those that it inherits included."""
    found: dict[str, Meaning] = {}
    for owner in reversed(part.__mro__):
        module = inspect.getmodule(owner)
        if module is not None and issubclass(owner, Part):
            found |= _of_module(module).get(owner.__name__, {})
    return {name: found[name] for name in part.model_fields if name in found}


def parts(root: type[Part] = Part) -> dict[str, type[Part]]:
    """Every part of the schema by its name."""
    found: dict[str, type[Part]] = {}
    for part in root.__subclasses__():
        if part.__module__.startswith("headrace.config.schema"):
            found |= {part.__name__: part, **parts(part)}
    return found


@cache
def _of_module(module: ModuleType) -> dict[str, dict[str, Meaning]]:
    classes = (node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef))
    return {node.name: dict(_fields(node)) for node in classes}


def _fields(owner: ast.ClassDef) -> Iterator[tuple[str, Meaning]]:
    for field, text in zip(owner.body, owner.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            yield field.target.id, _meaning(inspect.cleandoc(text.value.value))


def _meaning(docstring: str) -> Meaning:
    labels = dict(_LABEL.findall(docstring))
    text = " ".join(_LABEL.sub("", textwrap.dedent(docstring)).split())
    return Meaning(text, labels.get("Unit", ""), tuple(_QUOTED.findall(labels.get("Example", ""))))
