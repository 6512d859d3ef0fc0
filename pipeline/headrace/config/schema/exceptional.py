"""Exceptions from a part of the schema: the same keys, of which only those that were written count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import ConfigDict, SerializerFunctionWrapHandler, model_serializer

from headrace.config.schema.strict import Part


def _without_defaults(schema: dict[str, Any], part: type[Exceptional]) -> None:
    """A key that is left out has no value of its own."""
    for name, field in schema.get("properties", {}).items():
        if name in part.exceptions():
            field.pop("default", None)


class Exceptional(Part):
    """Mixed into a subclass of the part that it makes exceptions from.

    The fields, their types and their meanings are those of the other part. A default is no value here: read `written`.
    """

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    @classmethod
    def exceptions(cls) -> frozenset[str]:
        """The keys of which this is true: all, unless a subclass has others beside its exceptions."""
        return frozenset(cls.model_fields)

    @property
    def written(self) -> dict[str, Any]:
        """Key -> value, of the exceptions that are there."""
        there = self.exceptions() & self.model_fields_set
        return {name: getattr(self, name) for name in type(self).model_fields if name in there}

    @model_serializer(mode="wrap")
    def _only_written(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = serialize(self)
        left_out = self.exceptions() - self.model_fields_set
        return {name: value for name, value in values.items() if name not in left_out}


def is_exception(part: type[Any], name: str) -> bool:
    """Whether a key of the part only counts where it is written."""
    return issubclass(part, Exceptional) and name in part.exceptions()


_Part = TypeVar("_Part", bound=Part)


def with_exceptions(part: _Part, exceptions: Iterable[Exceptional]) -> _Part:
    """The part with what its exceptions say instead, the later one over the earlier; what it has no key for is left."""
    written = {name: value for exception in exceptions for name, value in exception.written.items()}
    return part.model_copy(update={name: value for name, value in written.items() if name in type(part).model_fields})
