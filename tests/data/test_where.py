from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.data.where import rows_where
from headrace.errors import DataError

TABLE = pl.DataFrame(
    {
        "carrier": ["UA", "AA", None, "UA"],
        "late": [True, False, True, None],
        "stops": [0, 1, 2, 0],
        "share": [0.5, 1.0, None, 2.0],
        "day": [date(2024, 1, day) for day in (1, 2, 3, 4)],
    }
)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ({}, [0, 1, 2, 3]),
        ({"carrier": "UA"}, [0, 3]),
        ({"carrier": ["AA", "UA"]}, [0, 1, 3]),
        ({"carrier": None}, [2]),
        ({"carrier": "UA", "late": True}, [0]),
        ({"stops": 0}, [0, 3]),
        ({"share": 1}, [1]),
        ({"share": [0.5, 2.0]}, [0, 3]),
        ({"day": "2024-01-03"}, [2]),
        ({"late": False}, [1]),
    ],
)
def test_rows_with_these_values_are_kept_in_their_order(where: dict[str, Any], rows: list[int]) -> None:
    assert rows_where(TABLE, where).equals(TABLE[rows])


@pytest.mark.parametrize(
    ("where", "said", "remedy"),
    [
        ({"carier": "UA"}, "the table has no column carier", "did you mean carrier?"),
        ({"stops": "0"}, "stops is Int64, and '0' is no such value", "numbers"),
        ({"carrier": 1}, "carrier is String, and 1 is no such value", "text in quotes"),
        ({"stops": True}, "True is no such value", "true or false"),
        ({"stops": 0.5}, "0.5 is no such value", "numbers"),
        ({"day": "yesterday"}, "'yesterday' is no such value", "as the column has it"),
        ({"carrier": "DL"}, "no row has carrier = DL", "AA, UA"),
    ],
)
def test_what_cannot_be_meant_is_refused(where: dict[str, Any], said: str, remedy: str) -> None:
    with pytest.raises(DataError) as caught:
        rows_where(TABLE, where)

    assert said in caught.value.message
    assert remedy in caught.value.remedy
    assert caught.value.key == f"dataset.where.{next(iter(where))}"


@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=20))
def test_every_row_belongs_to_exactly_one_of_the_values(values: list[str | None]) -> None:
    frame = pl.DataFrame({"name": pl.Series(values, dtype=pl.String), "row": range(len(values))})

    parts = [rows_where(frame, {"name": value})["row"].to_list() for value in dict.fromkeys(values)]

    assert sorted(row for part in parts for row in part) == list(range(len(values)))
