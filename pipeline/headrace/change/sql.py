"""What a transform's SQL computes otherwise, whatever its layout: compared as parsed, for DuckDB."""

from __future__ import annotations

from typing import Any

from headrace.change.document import SqlChange
from headrace.plan.model import Plan

_CLAUSES = {
    "with_": "WITH",
    "from_": "FROM",
    "joins": "JOIN",
    "where": "WHERE",
    "group": "GROUP BY",
    "having": "HAVING",
    "qualify": "QUALIFY",
    "order": "ORDER BY",
    "limit": "LIMIT",
    "offset": "OFFSET",
    "distinct": "DISTINCT",
    "windows": "WINDOW",
    "sample": "SAMPLE",
}


def sql_change(before: Plan | None, after: Plan) -> SqlChange | None:
    """How the result of the transform changes; None if its text is the same, or there is no transform on a side."""
    old, new = _query(before), _query(after)
    if old is None or new is None or old == new:
        return None
    from sqlglot.errors import SqlglotError

    try:
        here, there = _parsed(old), _parsed(new)
    except SqlglotError:
        return SqlChange(unknown="the SQL is beyond what can be compared here")
    if _canonical(here) == _canonical(there):
        return SqlChange()
    if not (_is_select(here) and _is_select(there)):
        return SqlChange(rows=("SELECT",))
    return _compared(here, there)


def _query(plan: Plan | None) -> str | None:
    transform = plan.spec["dataset"]["transform"] if plan else None
    return transform and transform.get("query")


def _parsed(query: str) -> Any:
    import sqlglot
    from sqlglot import exp

    statement = sqlglot.parse_one(query, read="duckdb")
    for join in statement.find_all(exp.Join):
        if join.kind == "INNER":  # what JOIN means anyway
            join.set("kind", None)
    return statement


def _is_select(statement: Any) -> bool:
    from sqlglot import exp

    return isinstance(statement, exp.Select)


def _canonical(node: Any) -> str:
    return str(node.sql(dialect="duckdb", comments=False))


def _compared(before: Any, after: Any) -> SqlChange:
    old = {item.alias_or_name or _canonical(item): _canonical(item) for item in before.expressions}
    new = {item.alias_or_name or _canonical(item): _canonical(item) for item in after.expressions}
    names = [name for name in dict.fromkeys([*before.args, *after.args]) if name not in ("expressions", "kind", "hint")]
    clauses = [_clause(name) for name in names if _texts(before, name) != _texts(after, name)]
    return SqlChange(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(name for name in new if name in old and old[name] != new[name]),
        rows=tuple(dict.fromkeys(clauses)) or (() if set(old) != set(new) or old != new else ("the order of columns",)),
    )


def _clause(name: str) -> str:
    return _CLAUSES.get(name) or _CLAUSES.get(f"{name}_") or name.strip("_").upper()


def _texts(statement: Any, name: str) -> list[str]:
    value = statement.args.get(name)
    items = value if isinstance(value, list) else [value] if value else []
    return [_canonical(item) if hasattr(item, "sql") else str(item) for item in items]
