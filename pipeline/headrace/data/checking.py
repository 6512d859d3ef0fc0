"""Holds a table against its rules with pandera: all of them, with what broke them counted and a few examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrors

from headrace.data.rules import Rule

EXAMPLES = 5
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one rule."""

    rule: Rule
    passed: bool
    failures: int = 0
    """Rows that break it; 0 for a rule that is not about rows."""
    examples: tuple[Any, ...] = ()
    """Values that break it, as JSON."""
    rows: tuple[int, ...] = ()
    """The rows they are in, counted from 1."""

    def as_json(self) -> dict[str, Any]:
        """One entry of the report."""
        rule = self.rule
        return {
            "column": rule.column,
            "check": rule.text + (f", but {rule.found}" if rule.found else ""),
            "severity": rule.severity,
            "passed": self.passed,
            "failures": self.failures,
            "examples": list(self.examples),
            "rows": list(self.rows),
        }


def check_rules(frame: pl.DataFrame, rules: Sequence[Rule]) -> list[Outcome]:
    """The outcome of every rule, in their order."""
    broken = _broken(frame, rules)
    return [
        Outcome(rule, passed=True) if place not in broken and not rule.found else _outcome(frame, rule)
        for place, rule in enumerate(rules)
    ]


def _broken(frame: pl.DataFrame, rules: Sequence[Rule]) -> set[int]:
    """Places of the rules that do not hold."""
    checks = {
        place: _as_check(place, rule) for place, rule in enumerate(rules) if rule.holds or rule.passes is not None
    }
    columns = dict.fromkeys(rule.column for rule in rules if rule.column is not None and rule.column in frame.columns)
    schema = pa.DataFrameSchema(
        {
            column: pa.Column(
                nullable=True, checks=[check for place, check in checks.items() if rules[place].column == column]
            )
            for column in columns
        },
        checks=[check for place, check in checks.items() if rules[place].column is None],
    )
    try:
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(frame, lazy=True)  # whatever the environment tells pandera: rules are not switched off
    except SchemaErrors as errors:
        return {_place(error) for error in errors.schema_errors}
    return set()


def _as_check(place: int, rule: Rule) -> pa.Check:
    """The rule for pandera, by its place. Whether it holds is enough: what breaks it is looked up after."""

    def holds(data: PolarsData) -> bool:
        if rule.holds is not None:
            return rule.holds(data.lazyframe)
        assert rule.passes is not None
        return bool(data.lazyframe.select(rule.passes.all()).collect().item())

    return pa.Check(holds, name=str(place))


def _place(error: SchemaError) -> int:
    if error.check is None or not isinstance(error.check, pa.Check) or not str(error.check.name).isdigit():
        raise error
    return int(str(error.check.name))


def _outcome(frame: pl.DataFrame, rule: Rule) -> Outcome:
    if rule.found or rule.passes is None:
        return Outcome(rule, passed=False, examples=() if rule.found else (frame.height,))
    broken = frame.select(rule.passes.fill_null(True).not_()).to_series().arg_true()
    first = broken.head(EXAMPLES).to_list()
    return Outcome(
        rule,
        passed=False,
        failures=broken.len(),
        examples=tuple(_plain(_example(frame, rule, row)) for row in first),
        rows=tuple(row + 1 for row in first),
    )


def _example(frame: pl.DataFrame, rule: Rule, row: int) -> Any:
    assert rule.passes is not None
    names = [rule.column] if rule.column is not None else rule.passes.meta.root_names()
    values = [frame[name][row] for name in names]
    return values[0] if rule.column is not None else ", ".join(str(_plain(value)) for value in values)


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value == value else None  # noqa: PLR0124 - NaN is not equal to itself
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
