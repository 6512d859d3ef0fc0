from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import sqlglot

from drafts import draft
from headrace.config.transform_sql import understand
from headrace.scaffold.decide.draft import time_parts


def test_a_table_that_is_plain_needs_no_sql() -> None:
    dataset = draft().dataset(with_query=True)
    assert dataset.transform is None
    assert dataset.sources["shop"].row_number == "row_number"
    assert dataset.row_id == ("row_number",)


def test_rows_without_target_and_rare_labels_are_left_out_in_the_sql() -> None:
    made = draft()
    made = replace(made, target=replace(made.target, missing=3, rare=("it's", 2)))
    query = made.query()
    assert 'WHERE "y" IS NOT NULL  -- 3 rows have no target' in query
    assert "AND \"y\" NOT IN ('it''s', 2)" in query
    sqlglot.parse_one(query, read="duckdb")


def test_the_sql_names_every_column_of_the_table() -> None:
    made = replace(draft(), sql={"size": "CAST(replace(\"size\", ',', '') AS DOUBLE)"}, sql_notes={"size": "a\nnote"})
    assert understand(made.query()).columns == ("row_number", "size", "kind", "y")
    assert "-- a note" in made.query()


def test_names_of_all_kinds_survive_the_sql() -> None:
    names = ["select", 'a "b"', "it's", "größe", "50%", "a.b"]
    made = replace(draft(), columns=tuple(replace(draft().columns[0], name=name) for name in names))
    made = replace(made, target=replace(made.target, column="select", missing=1))
    assert understand(made.query()).columns == ("row_number", *names)


def test_only_parts_of_a_time_that_differ_become_features() -> None:
    days = pl.DataFrame({"when": [date(2020, 1, day) for day in range(1, 29)], "when_month": [1] * 28})
    assert [part.name for part in time_parts("when", '"when"', days)] == ["when_weekday", "when_days"]
    hours = pl.DataFrame({"at": [datetime(2020, 1, 1, hour) for hour in range(24)]})  # noqa: DTZ001 - as files have them
    assert [part.name for part in time_parts("at", '"at"', hours)] == ["at_hour", "at_days"]
