"""Functions that a transform may not call: what they are for, told by the words of the query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_OUTSIDE = frozenset(
    {
        "read_csv",
        "read_csv_auto",
        "sniff_csv",
        "read_parquet",
        "parquet_scan",
        "parquet_metadata",
        "read_json",
        "read_json_auto",
        "read_ndjson",
        "read_text",
        "read_blob",
        "glob",
        "getenv",
        "getvariable",
        "iceberg_scan",
        "delta_scan",
        "sqlite_scan",
        "postgres_scan",
        "mysql_scan",
        "st_read",
        "query",
        "query_table",
        "duckdb_settings",
        "duckdb_secrets",
        "which_secret",
    }
)
_UNSTEADY = frozenset(
    {
        "random",
        "uuid",
        "gen_random_uuid",
        "uuidv4",
        "uuidv7",
        "now",
        "get_current_timestamp",
        "current_timestamp",
        "current_date",
        "current_time",
        "current_localtime",
        "current_localtimestamp",
        "localtime",
        "localtimestamp",
        "today",
        "transaction_timestamp",
    }
)
#: Words that call without brackets.
_BARE = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})


@dataclass(frozen=True, slots=True)
class Call:
    """A function's name in a query, at an offset of its text."""

    name: str
    offset: int
    outside: bool
    """Whether it reaches outside the sources; otherwise its answer changes from run to run."""


@lru_cache(maxsize=256)
def calls(query: str) -> tuple[Call, ...]:
    """Calls of functions that reach outside, or whose answers change. Comments, texts and quoted names do not count.

    A pure function; remembered because every rule that reads a table asks.
    """
    return tuple(_calls(query))


def _calls(query: str) -> Iterator[Call]:
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        tokens = sqlglot.tokenize(query, read="duckdb")
    except SqlglotError:
        return
    for index, token in enumerate(tokens):
        name = token.text.casefold()
        if token.token_type in (sqlglot.TokenType.STRING, sqlglot.TokenType.IDENTIFIER):
            continue
        before = tokens[index - 1].token_type if index else None
        called = index + 1 < len(tokens) and tokens[index + 1].token_type == sqlglot.TokenType.L_PAREN
        named = before in (sqlglot.TokenType.DOT, sqlglot.TokenType.ALIAS)
        if (called or name in _BARE) and not named and name in _OUTSIDE | _UNSTEADY:
            yield Call(name, token.start, name in _OUTSIDE)
