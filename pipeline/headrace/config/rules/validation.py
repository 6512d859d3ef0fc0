"""Rules for tables: that they are about something, and that a table can meet them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from headrace.clock import parse_moment
from headrace.config.composed import Composed
from headrace.config.nearest import suggestion
from headrace.config.rules.rule import Rule
from headrace.config.rules.table import declared_type
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
            declared = rule.type or _declared(spec, table, column)
            for key, message, remedy in (*_contradictions(rule), *_misfits(rule, declared)):
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


def _declared(spec: Spec, table: str, column: str) -> str | None:
    if table == "table":
        return declared_type(spec, column)
    return spec.dataset.sources[table].types.get(column) if table in spec.dataset.sources else None


def _misfits(rule: ColumnRules, declared: str | None) -> Iterator[tuple[str, str, str]]:
    """What a column of the declared type cannot be asked: as running it would say, after the data is read."""
    if declared is None or (declared == "bool" and rule.values is None):
        return
    for key in ("min", "max"):
        bound = getattr(rule, key)
        if bound is None or declared == "bool":
            continue
        if declared == "string":
            yield (
                key,
                f"`{key}` has no meaning for a string",
                "delete it; `matches` says how long a text is, as in .{3,}",
            )
        elif wrong := _misfit(bound, declared):
            yield key, f"`{key}` is {wrong}", f"write {_EXAMPLES[declared]}"
    if rule.matches is not None and declared not in ("string", "bool"):
        yield "matches", f"`matches` has no meaning for the type {declared}: only text can match", "delete it"
    for index, value in enumerate(rule.values or ()):
        if wrong := _misfit(value, declared):
            yield f"values.{index}", f"no value can be {value!r}: it is {wrong}", f"write {_EXAMPLES[declared]}"
            return


#: What a value of a type looks like in YAML.
_EXAMPLES = {
    "string": 'texts in quotes, as in "1", or another type for the column',
    "int": "a whole number without quotes, or another type for the column",
    "float": "a number without quotes, or another type for the column",
    "bool": "true or false without quotes, or another type for the column",
    "date": "a date in quotes, as in '2013-12-31', or another type for the column",
    "datetime": "a time in quotes, as in '2013-12-31 18:00', or another type for the column",
}


def _misfit(value: object, declared: str) -> str:
    """Why a column of this type has no such value; empty if it may have it."""
    what = "true or false" if isinstance(value, bool) else _kind(value)
    if declared in ("date", "datetime"):
        try:
            parse_moment(str(value))
        except ValueError:
            return f"no {declared}"
        return "" if isinstance(value, str) else f"{what}, and the column's type is {declared}"
    fitting = {"string": (str,), "int": (int, float), "float": (int, float), "bool": (bool,)}[declared]
    fits = isinstance(value, fitting) and (declared == "bool") == isinstance(value, bool)
    return "" if fits else f"{what}, and the column's type is {declared}"


def _kind(value: object) -> str:
    return "text" if isinstance(value, str) else "a number"


def _not_a_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return error.msg
    return ""


RULES: tuple[Rule, ...] = (_rules_have_tables, _rules_can_be_met)
