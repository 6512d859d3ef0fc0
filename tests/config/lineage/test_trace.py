from __future__ import annotations

import pytest

from headrace.config.lineage import Origins, origins

SOURCES = {"flights": ("id", "t", "carrier", "delay", "distance"), "weather": None, "planes": None}
TIMES = [("flights", "t")]
BOTH = ["flights.delay direct", "flights.distance direct"]


def traced(sql: str, column: str = "x") -> Origins:
    found = origins(sql, SOURCES, TIMES)
    assert found is not None
    return found[column]


def of(sql: str, column: str = "x") -> list[str]:
    return sorted(f"{origin.source}.{origin.column} {origin.way}" for origin in traced(sql, column).of)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT delay AS x FROM flights", ["flights.delay direct"]),
        ("SELECT f.DELAY > 15 AS x FROM flights f", ["flights.delay direct"]),
        ("SELECT CASE WHEN delay > 1 THEN distance ELSE 0 END AS x FROM flights", BOTH),
        ("WITH a AS (SELECT delay * 2 AS d FROM flights) SELECT a.d AS x FROM a", ["flights.delay direct"]),
        ("WITH a AS (SELECT *, delay AS d FROM flights) SELECT d AS x FROM a", ["flights.delay direct"]),
        ("SELECT q.d AS x FROM (SELECT delay AS d FROM flights) q", ["flights.delay direct"]),
        ("SELECT carrier, avg(delay) AS x FROM flights GROUP BY 1", ["flights.delay direct"]),
        ("SELECT delay AS d, d + 1 AS x FROM flights", ["flights.delay direct"]),
        ("SELECT w.temp AS x FROM flights f LEFT JOIN weather w USING (t)", ["weather.temp direct"]),
        ("SELECT delay AS x FROM flights UNION ALL SELECT distance FROM flights", BOTH),
        ("SELECT count(*) AS x FROM flights", []),
    ],
)  # fmt: skip
def test_what_a_column_is_made_of(sql: str, expected: list[str]) -> None:
    assert of(sql) == expected
    assert traced(sql).untraced == ""


@pytest.mark.parametrize(
    ("window", "way"),
    [
        ("avg(delay) OVER (ORDER BY t ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING)", "prior"),
        ("avg(delay) OVER (ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)", "prior"),
        ("avg(delay) OVER (ORDER BY t RANGE BETWEEN INTERVAL 3 DAYS PRECEDING AND INTERVAL 1 DAY PRECEDING)", "prior"),
        ("lag(delay) OVER (ORDER BY t)", "prior"),
        ("lag(delay, 2) OVER (PARTITION BY carrier ORDER BY t)", "prior"),
        ("lag(delay IGNORE NULLS) OVER (ORDER BY t)", "prior"),
        ("avg(lag(delay) OVER (ORDER BY t)) OVER (ORDER BY t ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING)", "prior"),
        ("lag(delay, 1, delay) OVER (ORDER BY t)", "direct"),
        ("lead(lag(delay) OVER (ORDER BY t)) OVER (ORDER BY t)", "unknown"),
        ("avg(lag(delay) OVER (ORDER BY t)) OVER (PARTITION BY carrier)", "unknown"),
        ("avg(delay) OVER (ORDER BY t)", "direct"),
        ("avg(delay) OVER (ORDER BY t ROWS BETWEEN 5 PRECEDING AND CURRENT ROW)", "direct"),
        ("avg(delay) OVER (ORDER BY t ROWS BETWEEN 5 PRECEDING AND 0 PRECEDING)", "direct"),
        ("avg(delay) OVER (ORDER BY t ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "direct"),
        ("avg(delay) OVER (ORDER BY t DESC ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING)", "direct"),
        ("avg(delay) OVER (ORDER BY carrier ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING)", "direct"),
        ("avg(delay) OVER (PARTITION BY carrier)", "direct"),
        ("lag(delay) OVER (ORDER BY t DESC)", "direct"),
        ("lag(delay, 0) OVER (ORDER BY t)", "direct"),
        ("lag(delay, -1) OVER (ORDER BY t)", "direct"),
        ("lead(delay) OVER (ORDER BY t)", "direct"),
        ("avg(lead(delay) OVER (ORDER BY t)) OVER (ORDER BY t)", "direct"),
    ],
)
def test_windows(window: str, way: str) -> None:
    assert f"flights.delay {way}" in of(f"SELECT {window} AS x FROM flights")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT temp AS x FROM weather JOIN planes USING (t)",
        "SELECT v.g AS x FROM generate_series(1, 3) v(g)",
        "SELECT l.m AS x FROM flights f, LATERAL (SELECT max(w.temp) AS m FROM weather w WHERE w.t = f.t) l",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n AS x FROM r",
        "SELECT nowhere.y AS x FROM flights",
        "SELECT EXISTS (SELECT 1 FROM flights g WHERE g.id = f.id AND g.delay > 15) AS x FROM flights f",
        "SELECT f.id IN (SELECT g.id FROM flights g WHERE g.delay > 15) AS x FROM flights f",
    ],
)
def test_what_cannot_be_traced_is_said(sql: str) -> None:
    assert traced(sql).untraced


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT p.seats AS x FROM flights f ASOF JOIN planes p ON f.t >= p.t",
        "SELECT p.seats AS x FROM flights f JOIN planes p ON f.id = p.id AND p.t < f.t",
        "SELECT (SELECT max(p.seats) FROM planes p WHERE p.id = f.id) AS x FROM flights f",
    ],
)
def test_rows_that_cannot_be_told_apart(sql: str) -> None:
    assert of(sql) == ["planes.seats unknown"] or traced(sql).untraced


def test_a_named_window() -> None:
    past = "WINDOW past AS (ORDER BY t ROWS BETWEEN 9 PRECEDING AND 1 PRECEDING)"
    assert "flights.delay prior" in of(f"SELECT avg(delay) OVER past AS x FROM flights {past}")


def test_an_average_over_groups_of_what_looks_back_is_not_understood() -> None:
    sql = """WITH a AS (SELECT *, lag(delay) OVER (ORDER BY t) AS l FROM flights),
        b AS (SELECT carrier, avg(l) AS m FROM a GROUP BY carrier)
        SELECT b.m AS x FROM flights JOIN b ON flights.carrier = b.carrier"""
    assert "flights.delay unknown" in of(sql)


def test_a_column_that_is_handed_on_as_it_is() -> None:
    assert traced("WITH a AS (SELECT * FROM flights) SELECT a.carrier AS x FROM a").as_it_is
    assert not traced("WITH a AS (SELECT upper(carrier) AS carrier FROM flights) SELECT a.carrier AS x FROM a").as_it_is


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * EXCLUDE (id) FROM flights",
        "PIVOT flights ON carrier USING sum(delay)",
        "SELECT * FROM planes",
        "SELEKT",
    ],
)
def test_columns_that_are_not_told(sql: str) -> None:
    assert origins(sql, SOURCES, TIMES) is None
