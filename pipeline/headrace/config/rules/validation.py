"""Rules for tables: that they are about something, and that a table can meet them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from headrace.config.composed import Composed
from headrace.config.nearest import suggestion
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.config.schema.validation import ColumnRules
from headrace.errors import Diagnostic


def _rules_have_tables(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    tables = (*spec.dataset.sources, "table")
    for table in spec.validation:
        if table not in tables:
            message = f"rules for `{table}`, which is neither a source nor `table`"
            place = composed.key_of(f"validation.{table}")
            yield composed.diagnostic("HR156", message, place, suggestion(table, tables))


def _rules_can_be_met(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for table, rules in spec.validation.items():
        for column, rule in rules.columns.items():
            path = f"validation.{table}.columns.{column}"
            for key, message, remedy in _contradictions(rule):
                yield composed.diagnostic("HR180", message, composed.place_of(f"{path}.{key}"), remedy)
            if rule.matches is not None and (problem := _not_a_pattern(rule.matches)):
                message = f"`{rule.matches}` is no regular expression: {problem}"
                place = composed.place_of(f"{path}.matches")
                yield composed.diagnostic(
                    "HR181", message, place, "close what is open, and write \\ before a sign that is meant as text"
                )


def _contradictions(rule: ColumnRules) -> Iterator[tuple[str, str, str]]:
    """Key, message and remedy of what no value can meet, or what has no meaning for the type."""
    least, most = rule.min, rule.max
    if least is not None and most is not None:
        if isinstance(least, str) != isinstance(most, str):
            yield "max", f"`min` is {_kind(least)} and `max` is {_kind(most)}", "write both in the same way"
        elif least > most:  # type: ignore[operator]  # both are numbers, or both are texts
            yield "min", f"no value is at least {least} and at most {most}", "swap `min` and `max`"
    if rule.type == "bool":
        for key in ("min", "max", "matches"):
            if getattr(rule, key) is not None:
                yield key, f"`{key}` has no meaning for a bool", "delete it"
    if rule.values is not None and not rule.values:
        yield "values", "an empty list of values allows none", "list the values, or delete the key"
    if not rule.nullable and rule.max_null_share:
        yield (
            "max_null_share",
            "missing values are forbidden (`nullable: false`) and allowed at once",
            "delete one of the two",
        )


def _kind(value: object) -> str:
    return "text" if isinstance(value, str) else "a number"


def _not_a_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return error.msg
    return ""


RULES: tuple[Rule, ...] = (_rules_have_tables, _rules_can_be_met)
