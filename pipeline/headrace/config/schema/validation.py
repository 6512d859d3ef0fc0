"""Rules that a table must meet before anything learns from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from headrace.config.schema.dataset import ColumnType
from headrace.config.schema.strict import Int64, Names, Part

Severity = Literal["error", "warn"]
Scalar = str | Int64 | float | bool


def _scalars(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class ColumnRules(Part):
    """What the values of one column must be like."""

    type: ColumnType | None = None
    """The type that the column must have."""
    nullable: bool = True
    """Whether values may be missing."""
    max_null_share: Annotated[float, Field(ge=0, le=1)] | None = None
    """Largest share of missing values, from 0 to 1.

    Unit: share of rows
    Example: `0.05`
    """
    min: float | Int64 | str | None = None
    """The least value allowed.

    Unit: the column's own
    Example: `0`
    """
    max: float | Int64 | str | None = None
    """The greatest value allowed.

    Unit: the column's own
    Example: `120`
    """
    values: Annotated[tuple[Scalar, ...] | None, BeforeValidator(_scalars)] = None
    """The only values allowed.

    Example: `[EWR, JFK, LGA]`
    """
    matches: str | None = None
    """A regular expression that the whole text must match.

    Example: `"[A-Z]{3}"`
    """
    unique: bool = False
    """Whether each value may occur only once."""
    severity: Severity = "error"
    """`error` stops the run, `warn` reports and goes on."""


class RowRules(Part):
    """How many rows there must be."""

    min: Annotated[int, Field(ge=0)] | None = None
    """The fewest rows allowed.

    Unit: rows
    Example: `1000`
    """
    max: Annotated[int, Field(ge=0)] | None = None
    """The most rows allowed.

    Unit: rows
    Example: `1000000`
    """
    severity: Severity = "error"
    """`error` stops the run, `warn` reports and goes on."""

    @model_validator(mode="after")
    def _ordered(self) -> RowRules:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self


class TableRules(Part):
    """Rules for one table: a source by its name, or `table`, the transform's result."""

    rows: RowRules | None = None
    """How many rows there must be.

    Example: `{min: 1000}`
    """
    unique: Names | None = None
    """Columns that together name a row only once.

    Example: `[origin, time_hour]`
    """
    columns: dict[str, ColumnRules] = Field(default_factory=dict)
    """Rules for values, by column.

    Example: `{age: {nullable: false, min: 0, max: 120}}`
    """


Validation = dict[str, TableRules]
