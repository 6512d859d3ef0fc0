"""What can be said of a configuration whose schema errors leave some parts of it unknown.

One broken part must not hide what is wrong with the others: the rules see the parts that are sound, and a rule that
asks for another one ends there, having said what it knew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from pydantic import ValidationError, model_validator

from headrace.config import schema_errors
from headrace.config.nearest import nearest
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

#: Stands in for a dataset that is broken, so that the other parts can be read; no rule gets to see it.
_NO_DATASET = {"sources": {"unknown": {"type": "csv", "path": "unknown"}}}


class UnknownPartError(Exception):
    """A rule asked for a part of the configuration that is broken."""


class _Incomplete(Spec):
    """A pipeline that may lack what its model needs."""

    @model_validator(mode="after")
    def _complete(self) -> _Incomplete:
        return self


class _Sound:
    """A specification that refuses to tell of its broken parts."""

    def __init__(self, spec: Spec, broken: frozenset[str]) -> None:
        self._spec, self._broken = spec, broken

    def __getattr__(self, name: str) -> Any:
        if name in self._broken:
            raise UnknownPartError(name)
        return getattr(self._spec, name)


def sound_parts(values: Mapping[str, Any], error: ValidationError) -> Spec | None:
    """The parts that the schema accepts, as a specification; None where nothing can be read.

    Asking it for another part raises UnknownPartError.
    """
    if any(
        len(path) == 1 and schema_errors.means_defaults(str(path[0])) for path in schema_errors.by_path(error, values)
    ):
        return None
    broken = frozenset(_broken(values, error))
    kept = {name: value for name, value in values.items() if name in Spec.model_fields and name not in broken}
    if "dataset" in broken:
        kept["dataset"] = _NO_DATASET
    try:
        return cast("Spec", _Sound(_Incomplete.model_validate(kept), broken))
    except ValidationError:
        return None


def as_far_as_known(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What a rule finds before it asks for a part that is broken."""
    try:
        yield from found
    except UnknownPartError:
        return


def _broken(values: Mapping[str, Any], error: ValidationError) -> Iterator[str]:
    for path in schema_errors.by_path(error, values):
        if path and path[0] in Spec.model_fields:
            yield str(path[0])
        elif path:  # a part by another name is there, and yet unknown
            yield from nearest(str(path[0]), Spec.model_fields)
