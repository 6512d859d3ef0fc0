"""Aggregates in the wrong place: what DuckDB would only say once there are tables to bind the query to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Misplaced:
    """What cannot stand where it does, at an offset of the query's text."""

    message: str
    remedy: str
    offset: int


@lru_cache(maxsize=256)
def misplaced(query: str) -> tuple[Misplaced, ...]:
    """Aggregates beside columns that nothing groups, and aggregates and windows in a WHERE; only what is certain."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statement = sqlglot.parse_one(query, read="duckdb")
    except (SqlglotError, RecursionError):
        return ()
    return tuple(found for select in statement.find_all(exp.Select) for found in _in_select(select))


def _in_select(select: Any) -> Iterator[Misplaced]:
    from sqlglot import exp

    where = select.args.get("where")
    if where is not None and (aggregate := _first_aggregate(where)) is not None:
        remedy = "put it into HAVING, or into a subquery"
        yield Misplaced(f"WHERE looks at single rows, and `{_shown(aggregate)}` is of many", remedy, _offset(aggregate))
    if where is not None and (window := _own(where, exp.Window)) is not None:
        remedy = "put the condition into QUALIFY"
        yield Misplaced(f"`{_shown(window)}` is not known yet in WHERE", remedy, _offset(window))
    # In a subquery a column may be the outer row's, which is one value there.
    if isinstance(select.parent, exp.Subquery) and not isinstance(select.parent.parent, exp.From | exp.Join):
        return
    aggregates = [found for item in select.expressions if (found := _first_aggregate(item)) is not None]
    group = select.args.get("group")
    if group is None:
        loose = next((item for item in select.expressions if isinstance(item.unalias(), exp.Column | exp.Star)), None)
        if aggregates and loose is not None:
            message = (
                f"`{_shown(aggregates[0])}` makes one row of all, and `{_shown(loose.unalias())}` is in each of them"
            )
            remedy = "add GROUP BY ALL, or make it a window: … OVER (PARTITION BY …)"
            yield Misplaced(message, remedy, _offset(aggregates[0]))
    elif not any(group.args.get(key) for key in ("all", "rollup", "cube", "grouping_sets")):
        yield from _not_grouped(select, group)


def _not_grouped(select: Any, group: Any) -> Iterator[Misplaced]:
    from sqlglot import exp

    if any(not isinstance(by, exp.Column | exp.Literal) for by in group.expressions):
        return  # grouped by expressions: what follows from them is DuckDB's affair
    names = {by.name.casefold() for by in group.expressions}
    for place, item in enumerate(select.expressions, 1):
        column = item.unalias()
        if not isinstance(column, exp.Column) or column.is_star or str(place) in names:
            continue
        if column.name.casefold() not in names and item.alias_or_name.casefold() not in names:
            message = f"`{_shown(column)}` is in each row of a group, and GROUP BY does not name it"
            remedy = f"add it to GROUP BY, or make one value of it: any_value({_shown(column)})"
            yield Misplaced(message, remedy, _offset(column))


def _first_aggregate(node: Any) -> Any:
    from sqlglot import exp

    return _own(node, exp.Sum, exp.Avg, exp.Count, exp.Min, exp.Max, exp.Median, exp.Stddev, exp.Quantile)


def _own(node: Any, *kinds: type) -> Any:
    """The first of these kinds that belongs to the same SELECT, and to no window."""
    from sqlglot import exp

    if isinstance(node, kinds):
        return node
    if isinstance(node, exp.Window | exp.Query | exp.Anonymous | exp.Lambda):
        return None
    children = (_own(child, *kinds) for child in node.iter_expressions())
    return next((found for found in children if found is not None), None)


def _shown(node: Any) -> str:
    text = node.sql(dialect="duckdb")
    return text if len(text) <= 60 else f"{text[:57]}…"


def _offset(node: Any) -> int:
    """Where the first word of it stands: functions do not tell their own place, what is in them does."""
    from sqlglot import exp

    starts = [part.meta["start"] for part in node.find_all(exp.Expression) if "start" in part.meta]
    return int(min(starts, default=0))
