from __future__ import annotations

from dataclasses import replace

import polars as pl

from drafts import draft
from headrace.scaffold.decide.bounds import column_rules, least_rows
from headrace.scaffold.decide.columns import ColumnChoice


def test_rules_leave_room_and_what_only_looks_closed_warns() -> None:
    table = pl.DataFrame(
        {"row_number": range(100), "size": [20.0 + n for n in range(100)], "kind": ["a", "b"] * 50, "y": [0, 1] * 50}
    )
    rules = column_rules(draft(), table)
    assert rules == {
        "size": {"max_null_share": 0.05, "min": 0, "max": 170, "severity": "warn"},
        "kind": {"max_null_share": 0.05, "values": ["a", "b"], "severity": "warn"},
        "y": {"nullable": False, "values": [0, 1]},
    }


def test_gaps_may_become_twice_as_many_and_open_categories_stay_open() -> None:
    table = pl.DataFrame({"size": [None] * 30 + [1.0] * 70, "kind": [f"k{n}" for n in range(100)], "y": [0, 1] * 50})
    rules = column_rules(draft(), table)
    assert rules["size"]["max_null_share"] == 0.6
    assert rules["kind"] == {"max_null_share": 0.05}


def test_a_number_that_was_never_below_zero_is_not_below_zero() -> None:
    table = pl.DataFrame({"size": [0.5, 10.0] * 50, "y": [0, 1] * 50})
    assert column_rules(draft(), table)["size"]["min"] == 0


def test_wide_tables_have_no_page_of_bounds() -> None:
    names = [f"c{n}" for n in range(80)]
    wide = replace(draft(), columns=tuple(ColumnChoice(name, "numeric") for name in names))
    rules = column_rules(wide, pl.DataFrame({name: range(100) for name in names}))
    assert all("min" not in found for found in rules.values())


def test_half_of_the_rows_in_round_numbers_are_enough() -> None:
    assert [least_rows(rows) for rows in (30, 569, 336_776)] == [20, 280, 160_000]
