from __future__ import annotations

import duckdb
import polars as pl
import pytest

from headrace.scaffold.survey.number_text import number_text, quoted


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,234", "5", "-1,000,000"], [1234, 5, -1000000]),
        (["$1,234.50", "$2.00"], [1234.5, 2]),
        (["12%", "-3.5 %"], [12, -3.5]),
        (["36 months", " 60 months"], [36, 60]),
        (["1.234,56", "7,5"], [1234.56, 7.5]),
        (["€ 3", "€4.5"], [3, 4.5]),
        (["139.750,00 €", "99,50 €"], [139750, 99.5]),
        (["1,200 $", "5$"], [1200, 5]),
    ],
)
def test_numbers_in_text_are_read_by_the_sql(texts: list[str], numbers: list[float]) -> None:
    found = number_text("a b", pl.Series("a b", [*texts, None]))
    assert found is not None
    with duckdb.connect() as connection:
        connection.register("given", pl.DataFrame({"a b": texts}).to_arrow())
        assert [row[0] for row in connection.sql(f"SELECT {found.sql} FROM given").fetchall()] == numbers


@pytest.mark.parametrize("texts", [["3 kg", "4 lb"], ["A1", "B2"], ["10-20", "20-30"], ["1.2.3"], ["red"], ["", "x1"]])
def test_other_text_is_left_alone(texts: list[str]) -> None:
    assert number_text("x", pl.Series("x", texts)) is None


def test_names_are_quoted_for_sql() -> None:
    assert quoted('a "b"') == '"a ""b"""'
