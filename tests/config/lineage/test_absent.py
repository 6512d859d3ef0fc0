from __future__ import annotations

from headrace.config.lineage import absent

COLUMNS = {"flights": ("id", "delay"), "weather": None}


def found(sql: str) -> list[tuple[str, str, int]]:
    return [(item.source, item.column, item.offset) for item in absent(sql, COLUMNS)]


def test_a_column_that_the_source_lacks() -> None:
    assert found("SELECT f.id, f.dely FROM flights f") == [("flights", "dely", 15)]


def test_in_inner_queries_and_conditions_and_once() -> None:
    sql = "WITH a AS (SELECT flights.* FROM flights WHERE flights.ide > 1) SELECT a.anything, w.temp FROM a, weather w"
    assert [column for _, column, _ in found(sql)] == ["ide"]


def test_broken_sql_is_told_elsewhere() -> None:
    assert found("SELEKT f.dely FROM flights f") == []
