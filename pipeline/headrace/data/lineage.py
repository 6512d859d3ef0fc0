"""Which columns of the sources a query's columns are made of, by reading the query."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from headrace.data.transformed import Origins

_DIALECT = "duckdb"
#: What an expression without columns is made of, if it is nothing but a value that was written down.
_CONSTANT = (
    *(exp.Literal, exp.Null, exp.Boolean, exp.Interval, exp.Var, exp.DataType),
    *(exp.Cast, exp.Paren, exp.Unary, exp.Binary, exp.Concat, exp.Case, exp.If),
)
Schema = Mapping[str, Mapping[str, str]]


def column_origins(query: str, sources: Schema, columns: Iterable[str]) -> dict[str, Origins]:
    """For each column of the result the source columns that its values are computed from, sorted.

    `sources` are the columns of each table and their types. None means that it could not be told: a row count,
    a function that makes rows, SQL that the reader does not know. Conditions of joins and filters do not count.
    """
    names = list(columns)
    with _quiet():
        try:
            qualified = qualify(
                parse_one(query, dialect=_DIALECT),
                schema={table: dict(parts) for table, parts in sources.items()},
                dialect=_DIALECT,
                validate_qualify_columns=False,
            )
            scope = build_scope(qualified)
        except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError):
            return dict.fromkeys(names)
        return {name: _origins(name, qualified, scope, sources) for name in names}


@contextmanager
def _quiet() -> Iterator[None]:
    """sqlglot logs what it does not understand; here that is an answer, not an event."""
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _origins(name: str, query: Any, scope: Any, sources: Schema) -> Origins:
    column = exp.column(exp.to_identifier(name, quoted=True))
    schema = {table: dict(parts) for table, parts in sources.items()}
    try:
        tree = lineage(column, query, schema=schema, scope=scope, dialect=_DIALECT, trim_selects=False, copy=False)
    except Exception:  # noqa: BLE001 - a reader that fails in any way has told nothing
        return None
    found: set[str] = set()
    for leaf in (node for node in tree.walk() if not node.downstream):
        origin = _origin(leaf, sources)
        if origin is None:
            return None
        found |= origin
    return tuple(sorted(found))


def _origin(leaf: Node, sources: Schema) -> set[str] | None:
    """The source column at the end of a path; nothing for a constant; None where the path ends in the dark."""
    if isinstance(leaf.source, exp.Table):
        tables = {table.lower(): table for table in sources}
        table = tables.get(leaf.source.name.lower())
        if table is None:
            return None
        columns = {column.lower(): column for column in sources[table]}
        column = columns.get(exp.to_column(leaf.name).name.lower())
        return None if column is None else {f"{table}.{column}"}
    is_constant = all(isinstance(part, _CONSTANT) for part in leaf.expression.unalias().walk())
    return set() if is_constant else None
