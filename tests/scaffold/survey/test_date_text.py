from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from headrace.scaffold.survey.date_text import date_text, day_number


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("31.12.2013", "01.02.2013"),
        ("12/31/2013", "2/1/2013"),
        ("31/12/2013", "01/02/2013"),
        ("2013/12/31", "2013/02/01"),
        ("Dec 31, 2013", "Feb 1, 2013"),
        ("31-Dec-2013", "01-Feb-2013"),
        ("12/31/2013 00:00", "02/01/2013 00:00"),
        ("20131231", "20130201"),
        ("31 Dec 13", "01 Feb 13"),
        ("Tuesday, December 31, 2013 12:05 AM", "Friday, February 1, 2013 02:00 PM"),
    ],
)
def test_each_way_of_writing_a_day_is_read_by_the_sql(text: str, other: str) -> None:
    found = date_text("d", pl.Series("d", [text, other, None]))
    assert found is not None
    with duckdb.connect() as connection:
        connection.register("given", pl.DataFrame({"d": [text, other]}).to_arrow())
        read = connection.sql(f"SELECT {found.sql}::DATE FROM given").fetchall()
    assert read == [(date(2013, 12, 31),), (date(2013, 2, 1),)]


@pytest.mark.parametrize("texts", [("Dec-2013", "Feb-2013"), ("Dec-13", "Feb-13"), ("12/2013", "2/2013")])
def test_a_month_is_its_first_day(texts: tuple[str, str]) -> None:
    found = date_text("d", pl.Series("d", texts))
    assert found is not None
    with duckdb.connect() as connection:
        connection.register("given", pl.DataFrame({"d": texts}).to_arrow())
        read = connection.sql(f"SELECT {found.sql}::DATE FROM given").fetchall()
    assert read == [(date(2013, 12, 1),), (date(2013, 2, 1),)]


def test_a_day_that_could_be_a_month_is_a_guess_that_the_order_of_the_rows_settles() -> None:
    american = date_text("d", pl.Series("d", ["01/02/2013", "02/01/2013", "03/01/2013"]))
    assert american is not None
    assert "guess" in american.note
    assert "%m/%d/%Y" in american.sql


@pytest.mark.parametrize(
    "texts", [["yes", "no"], ["1.12.0", "2.13.7"], ["2013-02-31", "2013-01-01"], ["red 1", "red 2"]]
)
def test_other_text_is_no_date(texts: list[str]) -> None:
    assert date_text("d", pl.Series("d", texts)) is None


def test_whole_numbers_may_be_days() -> None:
    assert day_number("d", pl.Series("d", [20131231, 20130201])) is not None
    assert day_number("d", pl.Series("d", [20131331, 20130201])) is None
    assert day_number("d", pl.Series("d", [5, 7])) is None
