"""What can be said of a query before it runs, from the tree that DuckDB itself parses it into."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any

import duckdb

from headrace.config.transform_sql import TABLE_FUNCTIONS
from headrace.errors import DataError

KEY = "dataset.transform.query"
#: These give the same whatever the order in which rows reach them; sums of floats, for one, do not.
_ORDER_FREE = frozenset(
    {"count", "count_star", "count_if", "countif", "min", "max"}
    | {"bool_and", "bool_or", "bit_and", "bit_or", "bit_xor"}
)
#: Written without parentheses, these look like columns.
_CLOCKS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
#: It only stops the query.
_HARMLESS = frozenset({"error"})
_ORDERED_JOINS = frozenset({"ASOF", "POSITIONAL"})
#: What DESCRIBE and SUMMARIZE are parsed into.
_OF_A_TABLE = frozenset({"DESCRIBE", "SUMMARY"})


@dataclass(frozen=True, slots=True)
class Query:
    """A single SELECT that gives the same rows whenever it is run on the same tables."""

    text: str
    is_order_free: bool
    """The set of its rows does not depend on the order in which rows are worked on."""


def understand(connection: duckdb.DuckDBPyConnection, text: str) -> Query:
    """Look at a query; DataError if it is not one SELECT over its sources, or asks for time or chance.

    duckdb.Error for its syntax.
    """
    statements = connection.extract_statements(text)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise DataError(
            f"a transform is one SELECT, and this is {kinds}",
            remedy="write WITH … SELECT: one statement that gives the whole table",
            key=KEY,
        )
    tree = json.loads(str(_rows(connection, "SELECT json_serialize_sql(?)", text)[0][0]))
    nodes = list(_nodes(tree))
    functions = _rows(connection, "SELECT DISTINCT function_name, function_type, stability FROM duckdb_functions()")
    system = {name for (name,) in _rows(connection, "SELECT view_name FROM duckdb_views() WHERE internal")}
    if tree.get("error"):
        _refuse_words(text, {name for name, kind, _ in functions if kind == "table"} - TABLE_FUNCTIONS | system)
    _refuse_reaching(nodes, system)
    _refuse_chance(nodes, {name for name, _, stability in functions if stability not in (None, "CONSISTENT")})
    aggregates = {name for name, kind, _ in functions if kind == "aggregate"}
    return Query(_bare(text), not tree.get("error") and not any(_is_ordered(node, aggregates) for node in nodes))


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, *values: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql, list(values)).fetchall()


def _bare(text: str) -> str:
    """The query without a semicolon at its end: it has to stand inside another."""
    ends = [offset for offset, _ in duckdb.tokenize(text) if text[offset] == ";"]
    return text[: ends[0]] if ends else text


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for part in tree.values():
            yield from _nodes(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _nodes(part)


def _refuse_reaching(nodes: list[dict[str, Any]], system: Set[str]) -> None:
    """Only the sources are there to be read: not DuckDB's own tables, nor what functions find elsewhere."""
    for node in nodes:
        if node.get("type") == "TABLE_FUNCTION":
            name = str(node["function"].get("function_name", "")).lower()
            if name not in TABLE_FUNCTIONS:
                raise _beyond(f"{name}(…)")
        elif node.get("type") == "BASE_TABLE":
            outer = [str(node.get(part)) for part in ("catalog_name", "schema_name") if node.get(part)]
            name = str(node.get("table_name"))
            if outer or name.lower() in system:
                raise _beyond(".".join([*outer, name]))
        elif node.get("type") == "SHOW_REF" and node.get("show_type") not in _OF_A_TABLE:
            raise _beyond("with SHOW what is there")


def _refuse_words(text: str, words: Set[str]) -> None:
    """For the few statements that DuckDB cannot give as a tree: no such word, wherever it stands."""
    for word in re.findall(r"\w+", text.lower()):
        if word in words:
            raise _beyond(word)


def _beyond(what: str) -> DataError:
    return DataError(
        f"the SQL reads {what}, which is not a declared source",
        remedy="declare what it needs under dataset.sources, and select from it by its name",
        key=KEY,
    )


def _refuse_chance(nodes: list[dict[str, Any]], changing: Set[str]) -> None:
    """A table that is not the same the next time cannot be cached, compared or explained."""
    used = {str(node["function_name"]).lower() for node in nodes if node.get("function_name")}
    used &= changing - _HARMLESS
    names = [node["column_names"] for node in nodes if node.get("column_names")]
    used |= {str(name[0]).lower() for name in names if len(name) == 1} & _CLOCKS
    used |= {"TABLESAMPLE"} & {"TABLESAMPLE" for node in nodes if node.get("sample")}
    if used:
        raise DataError(
            f"the SQL uses {', '.join(sorted(used))}: the same sources would not give the same table again",
            remedy="take times from a column; draw samples under split",
            key=KEY,
        )


def _is_ordered(node: dict[str, Any], aggregates: Set[str]) -> bool:
    if node.get("class") == "WINDOW" or node.get("type") == "LIMIT_MODIFIER" or node.get("distinct_on_targets"):
        return True
    if node.get("ref_type") in _ORDERED_JOINS:
        return True
    name = str(node.get("function_name", "")).lower()
    return name in aggregates and name not in _ORDER_FREE
