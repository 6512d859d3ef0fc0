"""Places of a pipeline that are filled before a run: by the members of a group, or by whoever starts the run."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from headrace.config.schema.strict import Int64, Part

#: A value of data, as YAML has it.
Scalar = Annotated[
    str | bool | Int64 | float, WithJsonSchema({"pattern": "", "description": "a value: text, a number, true or false"})
]


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Scalars = Annotated[tuple[Scalar, ...], BeforeValidator(_as_tuple)]

_Crossed = dict[str, Scalars]
_Listed = Annotated[tuple[dict[str, Scalar], ...], BeforeValidator(_as_tuple)]


def _form(value: Any) -> str:
    return "listed" if isinstance(value, list | tuple) else "crossed"


#: Names with the values that each takes, every combination of them; or the combinations one by one.
ForEach = Annotated[
    Annotated[_Crossed, Tag("crossed")] | Annotated[_Listed, Tag("listed")],
    Discriminator(_form),
]

#: What a column must be equal to: one value, one of several, or nothing at all (null).
Condition = Scalar | Scalars | None


class Parameter(Part):
    """A value that whoever starts a run may choose; the default is the one written at its path."""

    at: str
    """Dotted path of the value.

    Example: `model.params.n_estimators`
    """
    title: str | None = None
    """What a form calls it; its name if not given.

    Example: `Boosting rounds`
    """
    description: str = ""
    """What a form says about it.

    Example: `More are slower, and seldom worse.`
    """
    min: float | Int64 | None = None
    """The least that it may be.

    Unit: the value's own
    Example: `50`
    """
    max: float | Int64 | None = None
    """The most that it may be.

    Unit: the value's own
    Example: `2000`
    """
    choices: Annotated[Scalars, Field(min_length=1)] | None = None
    """The values to choose from.

    Example: `[100, 300, 1000]`
    """
