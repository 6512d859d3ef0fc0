from __future__ import annotations

from typing import Any

import pytest

from headrace.data.lineage import column_origins

SOURCES = {
    "flights": {"id": "BIGINT", "Delay": "DOUBLE", "origin": "VARCHAR", "hour": "BIGINT"},
    "weather": {"origin": "VARCHAR", "hour": "BIGINT", "temp": "DOUBLE"},
}


def origins(query: str, *columns: str) -> dict[str, Any]:
    return column_origins(query, SOURCES, columns)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("f.id", ("flights.id",)),
        ("delay", ("flights.Delay",)),
        ("f.delay > 15 AND temp < 0", ("flights.Delay", "weather.temp")),
        ("CASE WHEN f.hour > 1 THEN temp ELSE 0 END", ("flights.hour", "weather.temp")),
        ("row_number() OVER (PARTITION BY f.origin ORDER BY delay)", ("flights.Delay", "flights.origin")),
        ("sum(temp) OVER (ORDER BY f.id)", ("flights.id", "weather.temp")),
        ("1", ()),
        ("'text' || 'more'", ()),
        ("CAST(f.id AS VARCHAR)", ("flights.id",)),
        ("(SELECT max(temp) FROM weather)", ("weather.temp",)),
        ("count(*) OVER ()", None),
        ("nonsense.x", None),
    ],
)
def test_a_column_is_made_of(expression: str, expected: tuple[str, ...] | None) -> None:
    query = f"SELECT {expression} AS x FROM flights AS f LEFT JOIN weather AS w ON f.origin = w.origin"
    assert origins(query, "x") == {"x": expected}


def test_it_looks_through_ctes_subqueries_and_unions() -> None:
    query = """
    WITH late AS (SELECT id, delay > 15 AS is_late, origin AS place FROM flights),
    warm AS (SELECT w.origin, avg(w.temp) AS mean FROM weather AS w GROUP BY ALL)
    SELECT late.id, late.is_late, mean + 1 AS mean, inner_one.both
    FROM late
    JOIN warm ON warm.origin = late.place
    JOIN (SELECT id AS both FROM flights UNION ALL SELECT hour FROM weather) AS inner_one ON TRUE
    """
    assert origins(query, "id", "is_late", "mean", "both") == {
        "id": ("flights.id",),
        "is_late": ("flights.Delay",),
        "mean": ("weather.temp",),
        "both": ("flights.id", "weather.hour"),
    }


def test_stars_are_expanded() -> None:
    found = origins("SELECT * EXCLUDE (hour) REPLACE (upper(origin) AS origin) FROM flights", "id", "Delay", "origin")
    assert found == {"id": ("flights.id",), "Delay": ("flights.Delay",), "origin": ("flights.origin",)}


def test_a_quoted_name_is_found() -> None:
    assert origins('SELECT id + hour AS "a b", delay AS "Big" FROM flights', "a b", "Big") == {
        "a b": ("flights.hour", "flights.id"),
        "Big": ("flights.Delay",),
    }


@pytest.mark.parametrize(
    "query",
    [
        "SELECT x FROM range(3) AS r(x)",
        "SELECT x FROM (SELECT unnest([1, 2]) AS x)",
        "SELECT count(*) AS x FROM flights",
        "SELECT x FROM flights, LATERAL (SELECT unnest(range(hour)) AS x)",
        "SELECT this is not SQL AT ALL (",
        "FROM flights SELECT COLUMNS('i.*') AS x",
    ],
)
def test_what_cannot_be_told_is_unknown_and_never_clean(query: str) -> None:
    assert origins(query, "x")["x"] in (None, ("flights.hour",), ("flights.id",))
    assert origins(query, "x")["x"] != ()


def test_a_value_list_is_constant() -> None:
    assert origins("SELECT 5 AS x FROM flights", "x") == {"x": ()}
