"""What every kind of transform gives: named tables, and which source columns each of their columns is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Columns of sources, as `source.column`; None where that is not known.
Origins = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a transform wrote as `NAME.parquet`."""

    rows: int
    columns: int
    lineage: Mapping[str, Origins]


#: The tables by name; the one that a model learns from is called `table`.
Transformed = Mapping[str, Table]
