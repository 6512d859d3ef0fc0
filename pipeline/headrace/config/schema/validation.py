"""Rules that a table must meet before anything learns from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from headrace.config.schema.dataset import ColumnType
from headrace.config.schema.strict import Names, Part

Severity = Literal["error", "warn"]
Scalar = str | int | float | bool


def _scalars(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class ColumnRules(Part):
    """What the values of one column must be like."""

    type: ColumnType | None = None
    nullable: bool = True
    max_null_share: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    """Largest share of missing values, from 0 to 1."""
    min: float | int | str | None = None
    max: float | int | str | None = None
    values: Annotated[tuple[Scalar, ...] | None, BeforeValidator(_scalars)] = None
    """The only values allowed."""
    matches: str | None = None
    """A regular expression that the whole text must match."""
    unique: bool = False
    severity: Severity = "error"


class RowRules(Part):
    """How many rows there must be."""

    min: Annotated[int, Field(ge=0)] | None = None
    max: Annotated[int, Field(ge=0)] | None = None
    severity: Severity = "error"

    @model_validator(mode="after")
    def _ordered(self) -> RowRules:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self


class TableRules(Part):
    """Rules for one table: a source by its name, or `table`, the transform's result."""

    rows: RowRules | None = None
    unique: Names | None = None
    """Columns that together name a row only once."""
    columns: dict[str, ColumnRules] = Field(default_factory=dict)


Validation = dict[str, TableRules]
