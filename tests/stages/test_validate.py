from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from headrace.data.tables import write_frame
from headrace.errors import DataError
from headrace.stages.contract import StageContext
from headrace.stages.validate import run
from stage_calls import Notes, context


def call(folder: Path, tables: dict[str, pl.DataFrame], rules: dict[str, Any]) -> StageContext:
    inputs = {}
    for name, frame in tables.items():
        inputs[name] = folder / f"{name}.parquet"
        write_frame(inputs[name], frame)
    return context({"tables": rules}, folder / "out", inputs)


def report(ctx: StageContext) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ctx.out / "report.json").read_text())
    return document


TRIPS = pl.DataFrame({"id": [1, 2, 3], "miles": [10.0, None, -5.0], "unruled": ["a", "b", "c"]})


def test_a_table_that_keeps_its_rules_is_reported(tmp_path: Path) -> None:
    ctx = call(tmp_path, {"trips": TRIPS}, {"trips": {"rows": {"min": 1}, "columns": {"id": {"unique": True}}}})
    result = run(ctx)
    assert result.facts == {"checks": 2, "failed": 0, "warnings": 0}
    assert report(ctx)["tables"]["trips"]["rows"] == 3
    assert report(ctx)["tables"]["trips"]["columns"] == 3
    assert [check["passed"] for check in report(ctx)["tables"]["trips"]["checks"]] == [True, True]


def test_an_error_names_every_broken_rule_of_every_table_and_leaves_the_report(tmp_path: Path) -> None:
    rules = {
        "trips": {"columns": {"miles": {"min": 0, "nullable": False}}},
        "cars": {"columns": {"plate": {"matches": "[A-Z]+"}}},
    }
    ctx = call(tmp_path, {"trips": TRIPS, "cars": pl.DataFrame({"plate": ["AB", "a1"]})}, rules)
    with pytest.raises(DataError) as caught:
        run(ctx)
    assert caught.value.message.splitlines() == [
        "3 of 3 checks failed",
        "  trips.miles: has no missing values: 1 of 3 rows do not, as row 2",
        "  trips.miles: is at least 0: 1 of 3 rows do not, as -5.0 in row 3",
        "  cars.plate: matches [A-Z]+: 1 of 2 rows do not, as a1 in row 2",
    ]
    assert caught.value.key == "validation.trips.columns.miles"
    assert report(ctx)["tables"]["cars"]["checks"] == [
        {
            "column": "plate",
            "check": "matches [A-Z]+",
            "severity": "error",
            "passed": False,
            "failures": 1,
            "examples": ["a1"],
            "rows": [2],
        }
    ]


def test_warnings_are_logged_and_do_not_stop(tmp_path: Path) -> None:
    ctx = call(tmp_path, {"trips": TRIPS}, {"trips": {"columns": {"miles": {"min": 0, "severity": "warn"}}}})
    assert run(ctx).facts == {"checks": 1, "failed": 0, "warnings": 1}
    assert isinstance(ctx.log, Notes)
    ((event, facts),) = ctx.log.warnings
    assert event == "rule broken"
    assert facts["rule"] == "trips.miles: is at least 0: 1 of 3 rows do not, as -5.0 in row 3"
    assert report(ctx)["tables"]["trips"]["checks"][0]["severity"] == "warn"


def test_a_warning_beside_an_error_is_not_in_the_message(tmp_path: Path) -> None:
    columns = {"miles": {"min": 0, "severity": "warn"}, "id": {"max": 2}}
    with pytest.raises(DataError, match="1 of 2 checks failed") as caught:
        run(call(tmp_path, {"trips": TRIPS}, {"trips": {"columns": columns}}))
    assert "miles" not in caught.value.message


def test_the_message_stays_short(tmp_path: Path) -> None:
    columns = {f"absent_{n}": {} for n in range(30)}
    with pytest.raises(DataError) as caught:
        run(call(tmp_path, {"trips": TRIPS}, {"trips": {"columns": columns}}))
    lines = caught.value.message.splitlines()
    assert len(lines) == 12
    assert lines[-1] == "  and 20 more"


def test_a_table_without_column_rules_still_has_rows(tmp_path: Path) -> None:
    ctx = call(tmp_path, {"trips": TRIPS}, {"trips": {"rows": {"max": 2}}})
    with pytest.raises(DataError, match="trips: has at most 2 rows: it has 3") as caught:
        run(ctx)
    assert caught.value.key == "validation.trips.rows"
