from __future__ import annotations

import pytest

from headrace.config.lineage import absent, outputs_of

COLUMNS = {"flights": ("id", "delay"), "weather": None}


def found(sql: str) -> list[tuple[str, str, int]]:
    return [(item.table, item.column, item.offset) for item in absent(sql, COLUMNS)]


def test_a_column_that_the_source_lacks() -> None:
    assert found("SELECT f.id, f.dely FROM flights f") == [("source `flights`", "dely", 15)]


def test_in_inner_queries_and_conditions_and_once() -> None:
    sql = "WITH a AS (SELECT flights.* FROM flights WHERE flights.ide > 1) SELECT a.delay, w.temp FROM a, weather w"
    assert [column for _, column, _ in found(sql)] == ["ide"]


def test_a_column_that_an_inner_query_does_not_hand_on() -> None:
    inner = "WITH a AS (SELECT *, delay + 1 AS more FROM flights) "
    assert found(inner + "SELECT a.more, a.id, a.less FROM a, weather") == [("`a`", "less", len(inner) + 23)]


def test_without_its_tables_name_where_every_table_is_known() -> None:
    assert found("SELECT dely FROM flights") == [("source `flights`", "dely", 7)]
    assert found("WITH a AS (SELECT id AS i FROM flights) SELECT ii FROM a, flights")[0][:2] == (
        "none of the tables",
        "ii",
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT dely FROM flights, weather",
        "SELECT id + 1 AS next, next + 1 AS then FROM flights WHERE next > 1 ORDER BY then",
        "SELECT (SELECT max(temp) FROM weather WHERE day = id) FROM flights",
        "SELECT f.id FROM flights f, (SELECT id + 1 AS k FROM flights WHERE other = 1) g",
        "SELECT list_transform([1], v -> v + id), [z + 1 FOR z IN [id]] FROM flights",
        "SELECT flights FROM flights",
        "SELECT k FROM flights, LATERAL (SELECT delay AS k)",
        "SELECT x FROM flights, unnest([1]) AS r(x)",
        "WITH a(x, y) AS (SELECT * FROM flights) SELECT x, a.y FROM a",
        "WITH a AS (SELECT * EXCLUDE (id) FROM flights) SELECT a.id FROM a",
        "WITH a AS (SELECT count(*) FROM flights) SELECT a.whatever FROM a",
        "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT i, j FROM r",
        "SELECT p FROM flights PIVOT (sum(delay) FOR id IN (1, 2))",
        "SELECT sum(delay) OVER w FROM flights WINDOW w AS (ORDER BY id)",
    ],
)
def test_what_may_be_there_is_not_called_absent(sql: str) -> None:
    assert found(sql) == []


def test_broken_sql_is_told_elsewhere() -> None:
    assert found("SELEKT f.dely FROM flights f") == []


def test_the_columns_of_a_result_with_a_star() -> None:
    assert outputs_of("SELECT flights.*, 1 AS one FROM flights", COLUMNS) == ("id", "delay", "one")
    assert outputs_of("SELECT * FROM flights, weather", COLUMNS) is None
    assert outputs_of("SELECT *, id FROM flights", COLUMNS) is None
