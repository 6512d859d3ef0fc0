"""Columns that a query names and that the source, as it is declared, does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Absent:
    """A column of a source that is not there, at an offset of the query's text."""

    source: str
    column: str
    offset: int


def absent(query: str, columns: Mapping[str, tuple[str, ...] | None]) -> Iterator[Absent]:
    """Every `TABLE.COLUMN` whose table is a source with declared columns and no such one; nothing for broken SQL."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.scope import traverse_scope

    folded = {name.casefold(): (name, known) for name, known in columns.items() if known is not None}
    try:
        scopes = traverse_scope(sqlglot.parse_one(query, read="duckdb"))
    except (SqlglotError, RecursionError):
        return
    seen: set[int] = set()
    for scope in scopes:
        tables = {label.casefold(): found for label, found in scope.sources.items() if isinstance(found, exp.Table)}
        for column in scope.columns:
            table = tables.get(column.table.casefold()) if column.table else None
            source = folded.get(table.name.casefold()) if table is not None else None
            offset = int(column.this.meta.get("start", 0))
            if source is None or column.is_star or offset in seen:
                continue
            if column.name.casefold() not in {known.casefold() for known in source[1] or ()}:
                seen.add(offset)
                yield Absent(source[0], column.name, offset)
