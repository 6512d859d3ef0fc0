from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from headrace.config.schema.validation import TableRules
from headrace.data.checking import EXAMPLES, Outcome, check_rules
from headrace.data.rules import rules_of


def outcomes(frame: pl.DataFrame, **rules: Any) -> list[Outcome]:
    return check_rules(frame, rules_of("t", TableRules.model_validate(rules), frame.schema))


def column_outcome(cells: list[Any], dtype: Any = None, **rules: Any) -> Outcome:
    frame = pl.DataFrame({"x": pl.Series(cells, dtype=dtype)})
    (outcome,) = outcomes(frame, columns={"x": rules})
    return outcome


NOON = datetime(2013, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "rules", "failures"),
    [
        ([1, 2, None], {"min": 1}, 0),
        ([1, 2, None], {"min": 2}, 1),
        ([1, 2, None], {"min": 1.5}, 1),
        ([1, 2, None], {"max": 1}, 1),
        ([1, 2, 3], {"min": 2, "max": 2}, 2),
        ([1.5, float("nan")], {"min": 0, "max": 2}, 0),
        ([date(2013, 1, 1), date(2013, 1, 2)], {"min": "2013-01-02"}, 1),
        ([NOON], {"min": "2013-01-01T12:00:00Z", "max": "2013-01-01T12:00:00Z"}, 0),
        ([NOON], {"max": "2013-01-01T11:59:59Z"}, 1),
        ([NOON.replace(tzinfo=None)], {"max": "2013-01-01T11:59:59Z"}, 1),
        (["a", "b", None], {"values": ["a"]}, 1),
        ([1, 2], {"values": [1, 3]}, 1),
        ([1.5, 2.0], {"values": [1.5, 2]}, 0),
        ([True, False], {"values": [True]}, 1),
        ([date(2013, 1, 1)], {"values": ["2013-01-02"]}, 1),
        (["AB", "ABC", None], {"matches": "[A-Z]{2}"}, 1),
        (["a", "b", "cb"], {"matches": "a|b"}, 1),
        ([1, None], {"nullable": False}, 1),
        ([1.0, float("nan"), None], {"nullable": False}, 2),
        ([1, 1, 2, None, None], {"unique": True}, 2),
        ([1, None, None, None], {"max_null_share": 0.75}, 0),
        ([1, None, None, None], {"max_null_share": 0.74}, 3),
        ([1.0, float("nan")], {"max_null_share": 0.4}, 1),
        ([], {"min": 5}, 0),
    ],
)
def test_a_rule_counts_the_rows_that_break_it(values: list[Any], rules: dict[str, Any], failures: int) -> None:
    outcome = column_outcome(values, pl.Int64 if not values else None, **rules)
    assert (outcome.passed, outcome.failures) == (failures == 0, failures)


def test_times_of_another_zone_are_compared_in_utc() -> None:
    values = pl.Series([NOON]).dt.convert_time_zone("America/New_York")
    assert column_outcome(values.to_list(), values.dtype, min="2013-01-01T12:00:00Z", max="2013-01-01T12:00:00Z").passed


@pytest.mark.parametrize(
    ("dtype", "kind", "fits"),
    [
        (pl.Int8, "int", True),
        (pl.UInt64, "int", True),
        (pl.Int64, "float", True),
        (pl.Float32, "float", True),
        (pl.Decimal(10, 2), "float", True),
        (pl.Float64, "int", False),
        (pl.String, "string", True),
        (pl.Categorical, "string", True),
        (pl.Int64, "string", False),
        (pl.Boolean, "bool", True),
        (pl.Boolean, "int", False),
        (pl.Date, "date", True),
        (pl.Date, "datetime", False),
        (pl.Datetime("ns", "UTC"), "datetime", True),
        (pl.Duration, "int", False),
    ],
)
def test_types_go_by_their_names_in_yaml(dtype: Any, kind: str, fits: bool) -> None:
    assert column_outcome([None], dtype, type=kind).passed == fits


def test_a_wrong_type_is_the_only_thing_said_of_a_column() -> None:
    outcome = column_outcome(["a"], None, type="int", min=5, nullable=False)
    assert (outcome.rule.text, outcome.rule.found) == ("type is int", "it is string")


@pytest.mark.parametrize(
    ("values", "rules", "reason"),
    [
        (["a"], {"min": 5}, "it has text, which have no least and no most"),
        ([True], {"max": 1}, "it has true or false"),
        ([1], {"min": "2013-01-01"}, "it has numbers, and '2013-01-01' is none"),
        ([date(2013, 1, 1)], {"min": 5}, "it has dates, and 5 is none"),
        ([date(2013, 1, 1)], {"max": "soon"}, "'soon' is not an ISO 8601 date"),
        ([1], {"matches": "a"}, "only text can match a pattern"),
        (["a"], {"matches": "(a"}, "regex parse error"),
        (["a"], {"values": ["a", 1]}, "it has text, and 1 is not such a value"),
        ([1], {"values": ["1"]}, "it has whole numbers, and '1' is not such a value"),
        ([1], {"values": [True]}, "it has whole numbers, and True is not such a value"),
    ],
)
def test_a_rule_that_makes_no_sense_is_an_error_whatever_its_severity(
    values: list[Any], rules: dict[str, Any], reason: str
) -> None:
    outcome = column_outcome(values, severity="warn", **rules)
    assert not outcome.passed
    assert outcome.rule.severity == "error"
    assert reason in outcome.rule.found


def test_a_missing_column_is_said_once_with_the_one_that_was_meant() -> None:
    (outcome,) = outcomes(pl.DataFrame({"distance": [1]}), columns={"distanc": {"type": "int", "min": 5}})
    assert (outcome.rule.column, outcome.passed) == ("distanc", False)
    assert "did you mean distance?" in outcome.rule.found
    assert outcome.rule.key == "validation.t.columns.distanc"


def test_a_column_without_rules_must_be_there() -> None:
    (outcome,) = outcomes(pl.DataFrame({"x": [1]}), columns={"x": {}})
    assert (outcome.rule.text, outcome.passed) == ("is a column", True)


def test_columns_together_name_a_row_once() -> None:
    frame = pl.DataFrame({"a": [1, 1, 2, 1], "b": ["x", "y", "x", "x"], "c": [0, 1, 2, 3]})
    (outcome,) = outcomes(frame, unique=["a", "b"])
    assert (outcome.failures, outcome.rows) == (2, (1, 4))
    assert set(outcome.examples) == {"1, x"}
    assert outcomes(frame, unique=["a", "b", "c"])[0].passed


def test_a_key_of_absent_columns_is_an_error() -> None:
    (outcome,) = outcomes(pl.DataFrame({"a": [1]}), unique=["a", "bb"])
    assert "there is no column bb" in outcome.rule.found
    assert outcome.rule.key == "validation.t.unique"


@pytest.mark.parametrize(("rules", "passed"), [({"min": 3}, True), ({"min": 4}, False), ({"max": 2}, False)])
def test_rows_are_counted(rules: dict[str, int], passed: bool) -> None:
    (outcome,) = outcomes(pl.DataFrame({"a": [1, 2, 3]}), rows=rules)
    assert outcome.passed == passed
    assert outcome.rule.key == "validation.t.rows"


def test_everything_is_said_at_once_in_the_order_of_the_rules() -> None:
    frame = pl.DataFrame({"a": [1, 1], "b": ["x", None]})
    columns = {"a": {"min": 2, "unique": True}, "b": {"nullable": False, "values": ["y"]}, "c": {"min": 1}}
    found = outcomes(frame, rows={"min": 5}, unique=["a"], columns=columns)
    assert [(o.rule.column, o.rule.text, o.passed, o.failures) for o in found] == [
        (None, "has at least 5 rows", False, 0),
        (None, "a name a row only once", False, 2),
        ("a", "is unique", False, 2),
        ("a", "is at least 2", False, 2),
        ("b", "has no missing values", False, 1),
        ("b", "is one of y", False, 1),
        ("c", "is a column", False, 0),
    ]


def test_examples_are_few_and_say_their_rows() -> None:
    outcome = column_outcome([*range(100)], min=90)
    assert outcome.failures == 90
    assert outcome.examples == tuple(range(EXAMPLES))
    assert outcome.rows == tuple(range(1, EXAMPLES + 1))


def test_examples_are_json() -> None:
    examples = column_outcome([date(2013, 1, 1)], max="2000-01-01").as_json()["examples"]
    assert examples == ["2013-01-01"]
    assert column_outcome([NOON], max="2000-01-01").examples == ("2013-01-01T12:00:00+00:00",)
    (long,) = column_outcome(["x" * 1000], values=["a"]).examples
    assert len(long) < 250


def test_rules_cannot_be_switched_off_from_outside() -> None:
    from pandera.config import ValidationDepth, config_context

    with config_context(validation_enabled=False, validation_depth=ValidationDepth.SCHEMA_ONLY):
        assert not column_outcome([1], min=2).passed


def test_millions_of_failures_are_counted_not_kept() -> None:
    import time

    frame = pl.DataFrame({f"c{n}": pl.int_range(2_000_000, eager=True) for n in range(5)})
    start = time.perf_counter()
    found = outcomes(frame, columns={name: {"min": 3_000_000, "max": 4_000_000} for name in frame.columns})
    assert [outcome.failures for outcome in found] == [2_000_000] * 5
    assert time.perf_counter() - start < 5
