"""Follows every column of a SELECT back to the sources' columns.

The names are resolved as DuckDB resolves them, as far as the query and the declared columns tell; what they do not tell
is said to be untraced, never taken for clean. A WHERE or QUALIFY chooses rows and is no origin of a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from headrace.config.lineage.origin import Origin, Origins, Way
from headrace.config.lineage.windows import seen_and_own, strictly_prior, whole_window

#: Source -> its columns, or None where only the file knows them.
Columns = Mapping[str, tuple[str, ...] | None]
_WORST = {"direct": 0, "prior": 1, "unknown": 2}


def origins(query: str, columns: Columns, times: Iterable[tuple[str, str]] = ()) -> Mapping[str, Origins] | None:
    """Result column -> its origins; None where the SQL, or what its columns are, cannot be told at all.

    `times` are the source columns that tell the time of a row. A pure function, remembered.
    """
    return _origins(query, tuple(sorted(columns.items())), frozenset(times))


@lru_cache(maxsize=256)
def _origins(
    query: str, columns: tuple[tuple[str, tuple[str, ...] | None], ...], times: frozenset[tuple[str, str]]
) -> Mapping[str, Origins] | None:
    import sqlglot
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.scope import build_scope

    try:
        statement = sqlglot.parse_one(query, read="duckdb")
        scope = build_scope(statement)
    except (SqlglotError, RecursionError):
        return None
    if scope is None:
        return None
    tracer = _Tracer(dict(columns), times)
    names = tracer.outputs(scope)
    return None if names is None else {name: tracer.output(scope, name) for name in names}


@dataclass
class _Tracer:
    """One query's resolution; remembers what it has found, and which columns it is asking for."""

    columns: dict[str, tuple[str, ...] | None]
    times: frozenset[tuple[str, str]]
    found: dict[tuple[int, str], Origins] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    items: dict[int, dict[str, Any]] = field(default_factory=dict)

    def outputs(self, scope: Any) -> list[str] | None:
        """The names of a query's columns; None where a star or the like leaves them open."""
        from sqlglot import exp

        if scope.set_operation_scopes:
            return None if scope.expression.args.get("by_name") else self.outputs(scope.set_operation_scopes[0])
        if not isinstance(scope.expression, exp.Select):
            return None
        names: list[str] = []
        for item in scope.expression.expressions:
            if item.is_star:
                inner = self._starred(scope, item)
                if inner is None:
                    return None
                names += inner
            elif not item.alias_or_name or item.find(exp.Columns, exp.Unnest, exp.Explode):
                return None
            else:
                names.append(item.alias_or_name)
        return names

    def _starred(self, scope: Any, item: Any) -> list[str] | None:
        if item.args.get("except_") or item.args.get("except") or item.args.get("replace") or item.args.get("rename"):
            return None
        table = getattr(item, "table", "")
        tables = [table] if table else list(scope.sources)
        names: dict[str, None] = {}
        for name in tables:
            known = self._columns_of(scope, name)
            if known is None:
                return None
            names |= dict.fromkeys(known)
        return list(names)

    def _columns_of(self, scope: Any, table: str) -> list[str] | None:
        from sqlglot import exp

        source = _source(scope, table)
        if isinstance(source, exp.Table):
            declared = self._declared(source)
            return None if declared is None else list(declared)
        return None if source is None else self.outputs(source)

    def _declared(self, table: Any) -> tuple[str, ...] | None:
        return {name.casefold(): known for name, known in self.columns.items()}.get(table.name.casefold())

    def output(self, scope: Any, name: str) -> Origins:
        """The origins of one column of a query."""
        key = (self._number(scope), name.casefold())
        if key not in self.found:
            self.found[key] = Origins(untraced="it is defined by itself")  # while it is being asked for
            traced = self._traced(scope, name)
            self.found[key] = replace(traced, through=traced.through | {key})
        return self.found[key]

    def _traced(self, scope: Any, name: str) -> Origins:
        from sqlglot import exp

        if scope.set_operation_scopes:
            return self._branches(scope, name)
        if not isinstance(scope.expression, exp.Select) or scope.expression.args.get("pivots"):
            return Origins(untraced=f"it comes from a {type(scope.expression).__name__.upper()}")
        item = self._item(scope, name.casefold())
        if item is not None:
            value = item.unalias()
            traced = self._value(scope, value, "direct", frozenset({name.casefold()}))
            plain = isinstance(value, exp.Column) and value.name.casefold() == name.casefold()
            return replace(
                traced,
                offset=_offset(item),
                passed_on=plain and (traced.passed_on or bool(traced.of)),
                as_it_is=isinstance(value, exp.Column) and traced.as_it_is,
            )
        if any(item.is_star for item in scope.expression.expressions):
            return self._named(scope, "", name, "direct", frozenset())
        return Origins(untraced=f"no column of the query is called {name}")

    def _item(self, scope: Any, name: str) -> Any:
        """The first item of a SELECT of that name, in lower case."""
        number = self._number(scope)
        if number not in self.items:
            named = [item for item in scope.expression.expressions if not item.is_star]
            self.items[number] = {item.alias_or_name.casefold(): item for item in reversed(named)}
        return self.items[number].get(name)

    def _number(self, scope: Any) -> int:
        return self.numbers.setdefault(id(scope), len(self.numbers))

    def _branches(self, scope: Any, name: str) -> Origins:
        first = self.outputs(scope.set_operation_scopes[0])
        if first is None or scope.expression.args.get("by_name"):
            return Origins(untraced="the branches of a UNION do not tell their columns")
        position = [column.casefold() for column in first].index(name.casefold())
        found = []
        for branch in scope.set_operation_scopes:
            names = self.outputs(branch)
            if names is None or position >= len(names):
                return Origins(untraced="the branches of a UNION do not tell their columns")
            found.append(self.output(branch, names[position]))
        return _together(found)

    def _value(self, scope: Any, node: Any, way: Way, aliases: frozenset[str]) -> Origins:
        """The origins of an expression. `aliases` are names that are being defined, which cannot mean themselves."""
        from sqlglot import exp

        if isinstance(node, exp.Column):
            return self._named(scope, node.table, node.name, way, aliases)
        if isinstance(node, exp.Window):
            return self._window(scope, node, way, aliases)
        if isinstance(node, exp.Exists) or (isinstance(node, exp.In) and node.args.get("query")):
            return Origins(untraced="a subquery chooses rows in a way that is not understood here")
        if isinstance(node, exp.Subquery | exp.Select | exp.SetOperation):
            return self._subquery(scope, node, way)
        if isinstance(node, exp.Columns | exp.Unnest | exp.Explode | exp.Star) and not isinstance(
            node.parent, exp.Count
        ):
            return Origins(untraced=f"{node.sql(dialect='duckdb')} stands for any number of columns")
        parts = list(node.iter_expressions())
        found = _together(self._value(scope, part, way, aliases) for part in parts)
        grouped = isinstance(node, exp.AggFunc) and not isinstance(
            node.find_ancestor(exp.Window, exp.Select), exp.Window
        )
        return _mixed(found) if grouped else found

    def _window(self, scope: Any, node: Any, way: Way, aliases: frozenset[str]) -> Origins:
        def tells_time(column: Any) -> bool:
            found = self._value(scope, column, "direct", aliases)
            return not found.untraced and bool(found.of) and found.columns("direct") <= self.times

        window = whole_window(node, scope.expression)
        is_prior = strictly_prior(window, tells_time)
        seen, own = seen_and_own(window)
        parts = [self._value(scope, part, _worse(way, "prior") if is_prior else way, aliases) for part in seen]
        if not is_prior:  # rows that look back, looked at from other rows
            parts = [_mixed(part) for part in parts]
        return _together([*parts, *(self._value(scope, part, way, aliases) for part in own)])

    def _subquery(self, scope: Any, node: Any, way: Way) -> Origins:
        inner = node.unnest() if hasattr(node, "unnest") else node
        child = next((sub for sub in scope.subquery_scopes if sub.expression is inner), None)
        names = self.outputs(child) if child is not None else None
        if child is None or not names:
            return Origins(untraced="a subquery does not tell its column")
        if child.external_columns or any(inner.args.get(part) for part in ("where", "having", "qualify", "joins")):
            return Origins(untraced="a subquery chooses rows in a way that is not understood here")
        return _as(self.output(child, names[0]), way)

    def _named(self, scope: Any, table: str, name: str, way: Way, aliases: frozenset[str]) -> Origins:
        found = self._which(scope, table, name)
        if found is None:
            return self._alias_or_unknown(scope, table, name, way, aliases)
        traced = self._of(scope, found, name, way)
        known = self._columns_of(scope, found[0])
        if table or known is not None or name.casefold() in aliases or name.casefold() not in _aliases(scope):
            return traced
        # Whether the table has such a column, or an alias of this SELECT is meant, only the file knows: both, then.
        return _together([traced, self._alias_or_unknown(scope, table, name, way, aliases)])

    def _of(self, scope: Any, found: tuple[str, Any], name: str, way: Way) -> Origins:
        from sqlglot import exp

        label, source = found
        if _is_later_join(scope, label):
            way = _worse(way, "unknown")
        if isinstance(source, exp.Table):
            if not isinstance(source.this, exp.Identifier) or source.args.get("pivots"):
                return Origins(untraced=f"`{label}` is no source and no query")
            declared = self._declared(source)
            spelt = next((column for column in declared or () if column.casefold() == name.casefold()), name)
            real = next((known for known in self.columns if known.casefold() == source.name.casefold()), source.name)
            return Origins(frozenset({Origin(real, spelt, way)}), passed_on=True, as_it_is=True)
        return _as(self.output(source, name), way)

    def _which(self, scope: Any, table: str, name: str) -> tuple[str, Any] | None:
        """The table or query that a column is of; None where that cannot be told."""
        if table:
            source = _source(scope, table)
            return None if source is None else (table, source)
        known = {label: self._columns_of(scope, label) for label in scope.sources}
        having = [label for label, names in known.items() if names and name.casefold() in map(str.casefold, names)]
        if having:
            return having[0], scope.sources[having[0]]
        open_ones = [label for label, names in known.items() if names is None]
        if len(open_ones) == 1:
            return open_ones[0], scope.sources[open_ones[0]]
        return None

    def _alias_or_unknown(self, scope: Any, table: str, name: str, way: Way, aliases: frozenset[str]) -> Origins:
        """DuckDB lets a column of the same SELECT be named by its alias."""
        named = _aliases(scope).get(name.casefold())
        if table or named is None or name.casefold() in aliases:
            shown = f"{table}.{name}" if table else name
            return Origins(untraced=f"nothing tells which table `{shown}` is of")
        return self._value(scope, named.unalias(), way, aliases | {name.casefold()})


def _source(scope: Any, table: str) -> Any:
    return next((found for label, found in scope.sources.items() if label.casefold() == table.casefold()), None)


def _aliases(scope: Any) -> dict[str, Any]:
    from sqlglot import exp

    items = scope.expression.expressions if isinstance(scope.expression, exp.Select) else []
    return {item.alias.casefold(): item for item in items if isinstance(item, exp.Alias)}


def _is_later_join(scope: Any, label: str) -> bool:
    """Whether a table is joined by an inequality: which of its rows are seen then depends on both sides."""
    from sqlglot import exp

    for join in scope.expression.args.get("joins") or ():
        if str(join.args.get("method") or "").upper() == "ASOF" and join.alias_or_name.casefold() == label.casefold():
            return True
        condition = join.args.get("on")
        for compared in condition.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between) if condition else ():
            tables = {column.table.casefold() for column in compared.find_all(exp.Column)}
            if len(tables) > 1 and join.alias_or_name.casefold() == label.casefold():
                return True
    return False


def _worse(one: Way, other: Way) -> Way:
    return max(one, other, key=_WORST.__getitem__)


def _as(found: Origins, way: Way) -> Origins:
    """The same, looked at through a window, a subquery or a join."""
    if way == "direct":
        return replace(found, offset=None)
    # Of another row's column it does not matter by which queries it comes.
    return replace(
        found,
        through=frozenset(),
        of=frozenset(replace(origin, way=_worse(origin.way, way)) for origin in found.of),
        offset=None,
    )


def _mixed(found: Origins) -> Origins:
    """What looks at several rows of something that looks back: no telling how far back that is."""
    ways = (replace(origin, way="unknown") if origin.way == "prior" else origin for origin in found.of)
    return replace(found, of=frozenset(ways))


def _together(found: Iterable[Origins]) -> Origins:
    parts = list(found)
    return Origins(
        of=frozenset(origin for part in parts for origin in part.of),
        through=frozenset(step for part in parts for step in part.through),
        untraced=next((part.untraced for part in parts if part.untraced), ""),
        passed_on=len(parts) == 1 and parts[0].passed_on,
        as_it_is=False,
    )


def _offset(item: Any) -> int | None:
    from sqlglot import exp

    starts: Iterator[int] = (
        found.meta["start"] for found in item.find_all(exp.Identifier, exp.Func, exp.Literal) if "start" in found.meta
    )
    return min(starts, default=None)
