"""Values reach the database beside the SQL, never as a part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from headrace.config.schema.dataset import SqlTransform
from headrace.data.sql import run_sql
from headrace.data.tables import read_table, write_frame
from headrace.errors import DataError

ROWS = pl.DataFrame({"id": [1, 2, 3], "carrier": ["UA", "AA", "' OR 1=1 --"]})


def rows(folder: Path, query: str, parameters: dict[str, Any], row_id: list[str] | None = None) -> list[int]:
    folder.mkdir(exist_ok=True)
    write_frame(folder / "flights.parquet", ROWS)
    transform = SqlTransform.model_validate({"type": "sql", "query": query, "parameters": parameters})
    run_sql(transform, row_id, {"flights": folder / "flights.parquet"}, folder)
    return read_table(folder / "table.parquet")["id"].to_list()


@pytest.mark.parametrize("value", ["UA", "AA", "' OR 1=1 --"])
def test_a_text_is_a_value_whatever_it_says(tmp_path: Path, value: str) -> None:
    found = rows(tmp_path, "SELECT * FROM flights WHERE carrier = $carrier", {"carrier": value}, ["id"])

    assert found == [ROWS["carrier"].to_list().index(value) + 1]


def test_values_have_types(tmp_path: Path) -> None:
    query = "SELECT *, $share * 2 AS twice FROM flights WHERE id >= $least AND $on"

    assert rows(tmp_path, query, {"least": 2, "on": True, "share": 0.5}) == [2, 3]


def test_a_value_that_is_missing_is_an_error_of_the_query(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="carrier"):
        rows(tmp_path, "SELECT * FROM flights WHERE carrier = $carrier", {"other": 1})
