from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from headrace.data.sql_query import understand
from headrace.errors import DataError


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a INT, b DOUBLE, day DATE, today INT)")
        yield connection


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a, b + 1 FROM t",
        "WITH x AS (SELECT DISTINCT a FROM t) SELECT * FROM x JOIN t USING (a) WHERE b > 1",
        "SELECT a, count(*), min(b), max(b), bool_or(b > 1) FROM t GROUP BY a",
        "FROM t",
        "VALUES (1)",
        "SELECT today FROM t",
        "SELECT CASE WHEN a < 0 THEN error('no') ELSE a END AS a FROM t;  -- the end",
    ],
)
def test_rows_of_these_do_not_depend_on_order(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert understand(connection, text).is_order_free


@pytest.mark.parametrize(
    "text",
    [
        "SELECT sum(b) FROM t",
        "SELECT a FROM t LIMIT 1",
        "SELECT a FROM (SELECT a FROM t ORDER BY b LIMIT 10%)",
        "SELECT DISTINCT ON (a) a, b FROM t",
        "SELECT row_number() OVER (ORDER BY a) FROM t",
        "SELECT count(*) OVER () FROM t",
        "SELECT first(a) FROM t",
        "SELECT string_agg(a, ',') FROM t",
        "SELECT a, (SELECT avg(b) FROM t) FROM t",
        "SELECT * FROM t ASOF JOIN t AS u ON t.a >= u.a",
        "SELECT * FROM t POSITIONAL JOIN t AS u",
    ],
)
def test_rows_of_these_may(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert not understand(connection, text).is_order_free


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("SELECT 1; SELECT 2", "SELECT, SELECT"),
        ("", "nothing"),
        ("-- only a comment", "nothing"),
        ("DROP TABLE t", "DROP"),
        ("COPY t TO 'x.csv'", "COPY"),
        ("SET threads = 4", "SET"),
        ("ATTACH 'x.db'", "ATTACH"),
        ("INSERT INTO t VALUES (1)", "INSERT"),
        ("CREATE TABLE u AS SELECT 1", "CREATE"),
        ("SET threads = 4; SELECT 1", "SET, SELECT"),
        ("EXPLAIN SELECT 1", "EXPLAIN"),
    ],
)
def test_only_one_select_is_a_transform(connection: duckdb.DuckDBPyConnection, text: str, kinds: str) -> None:
    with pytest.raises(DataError) as caught:
        understand(connection, text)
    assert caught.value.message == f"a transform is one SELECT, and this is {kinds}"
    assert caught.value.key == "dataset.transform.query"


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("SELECT random() FROM t", "random"),
        ("SELECT now() FROM t", "now"),
        ("SELECT a FROM t WHERE day < current_date", "current_date"),
        ("SELECT CURRENT_TIMESTAMP", "current_timestamp"),
        ("SELECT a FROM t ORDER BY uuid()", "uuid"),
        ("SELECT today() FROM t", "today"),
        ("SELECT a FROM t USING SAMPLE 10%", "TABLESAMPLE"),
        ("SELECT a FROM t TABLESAMPLE 5 ROWS", "TABLESAMPLE"),
        ("SELECT current_setting('memory_limit')", "current_setting"),
    ],
)
def test_time_and_chance_are_refused(connection: duckdb.DuckDBPyConnection, text: str, used: str) -> None:
    with pytest.raises(DataError, match="would not give the same table again") as caught:
        understand(connection, text)
    assert caught.value.message.startswith(f"the SQL uses {used}:")


def test_syntax_is_left_to_duckdb(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.ParserException):
        understand(connection, "SELEC 1")
