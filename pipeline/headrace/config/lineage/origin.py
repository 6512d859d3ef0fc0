"""What lineage tells of a column. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: How a value comes from a column: of the same row, of rows that are surely earlier, or it cannot be told.
Way = Literal["direct", "prior", "unknown"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A column of a source that a value is made of."""

    source: str
    column: str
    way: Way


@dataclass(frozen=True, slots=True)
class Origins:
    """Where one column of a result comes from."""

    of: frozenset[Origin] = frozenset()
    through: frozenset[tuple[int, str]] = frozenset()
    """Columns of inner queries on the way, as the query's number and the column's name."""
    untraced: str = ""
    """Why some of it cannot be told; empty if all of it can."""
    offset: int | None = None
    """Where the column's expression begins in the query's text."""
    as_it_is: bool = False
    """Whether the values are those of one source's column, unchanged on the way, whatever its name is by now."""
    passed_on: bool = False
    """Whether the outermost SELECT hands on a column of its tables under the name that it has there."""

    def columns(self, *ways: Way) -> frozenset[tuple[str, str]]:
        """Source and column of the origins that come in one of these ways."""
        return frozenset((origin.source, origin.column) for origin in self.of if origin.way in ways)
