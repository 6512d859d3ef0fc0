"""Columns that a query names and that none of its tables, as far as they are known, has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Absent:
    """A column that is not there, at an offset of the query's text."""

    table: str
    """Who lacks it, in words."""
    column: str
    offset: int
    known: tuple[str, ...]
    """The columns that are there."""


def absent(query: str, columns: Mapping[str, tuple[str, ...] | None]) -> Iterator[Absent]:
    """Every column that is surely absent from the source or subquery that it is taken from; nothing for broken SQL.

    A column without its table's name is absent where every table that it may be of is known.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.scope import traverse_scope

    folded = {name.casefold(): known for name, known in columns.items()}
    try:
        scopes = traverse_scope(sqlglot.parse_one(query, read="duckdb"))
    except (SqlglotError, RecursionError):
        return
    seen: set[int] = set()
    for scope in scopes:
        tables = {label.casefold(): found for label, found in scope.sources.items()}
        known = {label: _columns_of(found, folded, ()) for label, found in tables.items()}
        for column in scope.columns:
            offset = int(column.this.meta.get("start", 0))
            if column.is_star or offset in seen:
                continue
            label = column.table.casefold()
            there = known.get(label) if label else _of_all(scope, column, known)
            if there is not None and column.name.casefold() not in {name.casefold() for name in there}:
                seen.add(offset)
                yield Absent(
                    _words([tables[label]] if label else [*tables.values()], label), column.name, offset, there
                )


def _words(tables: Sequence[Any], label: str) -> str:
    from sqlglot import exp

    if len(tables) > 1:
        return "none of the tables"
    return (
        f"source `{tables[0].name}`" if isinstance(tables[0], exp.Table) else f"`{label}`" if label else "the subquery"
    )


def _of_all(scope: Any, column: Any, known: Mapping[str, tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """What a column without a table may be; None where it may be anything."""
    from sqlglot import exp

    select = scope.expression
    if not isinstance(select, exp.Select) or column.find_ancestor(exp.Select) is not select or not known:
        return None
    # In a subquery it may be the outer row's; a table in a FROM may see those before it.
    is_inner = scope.is_subquery or (scope.is_derived_table and len(scope.parent.sources) > 1)
    own_names = (exp.Lambda, exp.Comprehension, exp.Kwarg, exp.PropertyEQ)
    if is_inner or select.args.get("laterals") or column.find_ancestor(*own_names):
        return None
    if any(found is None for found in known.values()):
        return None
    # DuckDB knows an alias of the SELECT everywhere in it, and a table's name as the whole row.
    if column.name.casefold() in {*(item.alias.casefold() for item in select.expressions), *known, "rowid"}:
        return None
    return tuple(dict.fromkeys(name for found in known.values() for name in found or ()))


def _columns_of(
    found: Any, sources: Mapping[str, tuple[str, ...] | None], within: Sequence[Any]
) -> tuple[str, ...] | None:
    """The columns of a table in a FROM: of a source as it is declared, of a subquery as its SELECT names them."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

    if isinstance(found, exp.Table):
        is_plain = not found.alias_column_names and not found.args.get("pivots") and not found.db
        return sources.get(found.name.casefold()) if is_plain else None
    if not isinstance(found, Scope) or any(found is outer for outer in within):
        return None
    select, named = found.expression, found.expression.parent
    is_renamed = isinstance(named, exp.CTE | exp.Subquery) and (named.alias_column_names or named.args.get("pivots"))
    if is_renamed or not isinstance(select, exp.Select) or select.args.get("laterals"):
        return None
    inner = {label.casefold(): _columns_of(table, sources, (*within, found)) for label, table in found.sources.items()}
    outputs = [_outputs(item, inner) for item in select.expressions]
    names = [name for output in outputs for name in output or ()]
    # The second of two columns of one name gets another one from DuckDB.
    return None if None in outputs or len({*map(str.casefold, names)}) < len(names) else tuple(names)


def outputs_of(query: str, columns: Mapping[str, tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """The columns of a query's result, `*` included as far as its tables are known; None where they are not."""
    import sqlglot
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.scope import build_scope

    try:
        root = build_scope(sqlglot.parse_one(query, read="duckdb"))
    except (SqlglotError, RecursionError):
        return None
    return _columns_of(root, {name.casefold(): known for name, known in columns.items()}, ())


def _outputs(item: Any, inner: Mapping[str, tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """The names that an item of a SELECT gives its result."""
    from sqlglot import exp

    if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and item.is_star):
        star = item if isinstance(item, exp.Star) else item.this
        of = [inner.get(item.table.casefold())] if isinstance(item, exp.Column) else list(inner.values())
        is_open = not of or None in of or star.args.get("rename") or star.args.get("except_")
        return None if is_open else tuple(name for known in of for name in known or ())
    is_open = not isinstance(item, exp.Alias | exp.Column) or item.find(exp.Columns, exp.Unnest, exp.Explode)
    return None if is_open else (item.alias_or_name,)
