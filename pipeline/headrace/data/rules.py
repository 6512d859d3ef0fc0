"""What the rules of a table mean: each becomes one check, or the reason why it can be none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from headrace.clock import parse_moment
from headrace.config.nearest import suggestion
from headrace.config.schema.dataset import ColumnType
from headrace.config.schema.validation import ColumnRules, RowRules, Scalar, Severity, TableRules

_SHOWN_VALUES = 8
_KIND_WORDS: dict[str, str] = {
    "string": "text",
    "int": "whole numbers",
    "float": "numbers",
    "bool": "true or false",
    "date": "dates",
    "datetime": "times",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold of a table, or of one of its columns."""

    text: str
    key: str
    """Where it is written in the configuration."""
    column: str | None = None
    severity: Severity = "error"
    passes: pl.Expr | None = None
    """True for a row that passes; null passes too."""
    holds: Callable[[pl.LazyFrame], bool] | None = None
    """For a rule about the whole table or column. With neither, names and types alone decide."""
    found: str = ""
    """Why a rule does not hold, or cannot be checked, as names and types alone tell."""


def rules_of(table: str, rules: TableRules, schema: pl.Schema) -> list[Rule]:
    """All rules of a table with these columns. What a type rules out is in `Rule.found`; then the rest is left out."""
    every = [*_row_rules(table, rules.rows), *_key_rules(table, rules.unique, schema)]
    for column, wanted in rules.columns.items():
        key = f"validation.{table}.columns.{column}"
        own = list(_column_rules(column, wanted, schema, key))
        every.extend(own or [Rule("is a column", key, column, wanted.severity)])
    return every


def _row_rules(table: str, rules: RowRules | None) -> Iterator[Rule]:
    if rules is None:
        return
    key = f"validation.{table}.rows"
    least, most = rules.min, rules.max
    if least is not None:
        yield Rule(f"has at least {least} rows", key, None, rules.severity, holds=lambda rows: _height(rows) >= least)
    if most is not None:
        yield Rule(f"has at most {most} rows", key, None, rules.severity, holds=lambda rows: _height(rows) <= most)


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())


def _key_rules(table: str, columns: Sequence[str] | None, schema: pl.Schema) -> Iterator[Rule]:
    if not columns:
        return
    key, text = f"validation.{table}.unique", f"{', '.join(columns)} name a row only once"
    absent = [column for column in columns if column not in schema]
    if absent:
        yield Rule(text, key, found=f"there is no column {absent[0]}; {suggestion(absent[0], schema)}")
    else:
        yield Rule(text, key, passes=pl.struct(*columns).is_duplicated().not_())


def _column_rules(column: str, rules: ColumnRules, schema: pl.Schema, key: str) -> Iterator[Rule]:
    dtype = schema.get(column)
    if dtype is None:
        yield Rule("is a column", key, column, rules.severity, found=f"it is not; {suggestion(column, schema)}")
        return
    kind = kind_of(dtype)
    if rules.type is not None:
        found = "" if _is_of(kind, rules.type) else f"it is {kind or dtype}"
        yield Rule(f"type is {rules.type}", key, column, rules.severity, found=found)
        if found:
            return
    values = _comparable(column, dtype)
    yield from _presence_rules(column, rules, values, key)
    yield from _value_rules(column, rules, values, kind, key)


def _comparable(column: str, dtype: pl.DataType) -> pl.Expr:
    """The column without what compares unlike values: NaN is missing, and times are in UTC."""
    values = pl.col(column)
    if dtype.is_float():
        return values.fill_nan(None)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return values


def _presence_rules(column: str, rules: ColumnRules, values: pl.Expr, key: str) -> Iterator[Rule]:
    if not rules.nullable:
        yield Rule("has no missing values", key, column, rules.severity, passes=values.is_not_null())
    share = rules.max_null_share
    if share is not None:
        yield Rule(
            f"has at most {share * 100:.6g}% missing values",
            key,
            column,
            rules.severity,
            passes=values.is_not_null(),
            holds=lambda rows: (rows.select(values.is_null().mean()).collect().item() or 0.0) <= share,
        )
    if rules.unique:
        passes = values.is_duplicated().not_() | values.is_null()
        yield Rule("is unique", key, column, rules.severity, passes=passes)


def _value_rules(column: str, rules: ColumnRules, values: pl.Expr, kind: ColumnType | None, key: str) -> Iterator[Rule]:
    for text, make in _asked(rules, values, kind):
        try:
            yield Rule(text, key, column, rules.severity, passes=make())
        except (ValueError, TypeError, pl.exceptions.PolarsError) as error:
            yield Rule(text, key, column, found=f"that cannot be asked of it: {error}")


def _asked(rules: ColumnRules, values: pl.Expr, kind: ColumnType | None) -> Iterator[tuple[str, Callable[[], pl.Expr]]]:
    least, most, allowed, pattern = rules.min, rules.max, rules.values, rules.matches
    if least is not None and most is not None:
        yield (
            f"is between {least} and {most}",
            lambda: values.is_between(_bound(least, kind), _bound(most, kind)),
        )
    elif least is not None:
        yield f"is at least {least}", lambda: values >= _bound(least, kind)
    elif most is not None:
        yield f"is at most {most}", lambda: values <= _bound(most, kind)
    if allowed is not None:
        shown = ", ".join(map(str, allowed[:_SHOWN_VALUES])) + (", …" if len(allowed) > _SHOWN_VALUES else "")
        yield f"is one of {shown}", lambda: values.is_in([_member(value, kind) for value in allowed])
    if pattern is not None:
        yield f"matches {pattern}", lambda: _matching(values, pattern, kind)


def kind_of(dtype: pl.DataType) -> ColumnType | None:
    """The name that a configuration has for a type; None for one that it has no name for."""
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "string"
    if dtype.is_integer():
        return "int"
    if dtype.is_float() or dtype.is_decimal():
        return "float"
    names: dict[type[pl.DataType], ColumnType] = {pl.Boolean: "bool", pl.Date: "date", pl.Datetime: "datetime"}
    return names.get(dtype.base_type())


def _is_of(kind: ColumnType | None, wanted: ColumnType) -> bool:
    """Whole numbers are numbers: a column of measurements may happen to have no fractions."""
    return kind == wanted or (kind, wanted) == ("int", "float")


def _bound(value: float | str, kind: ColumnType | None) -> pl.Expr:
    """A literal that the column's values can be compared with; ValueError if there is none."""
    if kind in ("int", "float"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"it has numbers, and {value!r} is none")
        return pl.lit(value)
    if kind in ("date", "datetime"):
        return pl.lit(_moment(value, kind))
    raise ValueError(f"it has {_KIND_WORDS.get(kind or '', 'values')}, which have no least and no most")


def _moment(value: Scalar, kind: ColumnType) -> date | datetime:
    if not isinstance(value, str):
        raise TypeError(f"it has {_KIND_WORDS[kind]}, and {value!r} is none: write it as in '2013-12-31'")
    moment = parse_moment(value)
    return moment.date() if kind == "date" else moment.replace(tzinfo=None)


def _member(value: Scalar, kind: ColumnType | None) -> Scalar | date | datetime:
    fitting: dict[str, tuple[type, ...]] = {"string": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}
    if kind in ("date", "datetime"):
        return _moment(value, kind)
    if not isinstance(value, fitting.get(kind or "", ())) or (isinstance(value, bool) and kind != "bool"):
        raise ValueError(f"it has {_KIND_WORDS.get(kind or '', 'other values')}, and {value!r} is not such a value")
    return value


def _matching(values: pl.Expr, pattern: str, kind: ColumnType | None) -> pl.Expr:
    if kind != "string":
        raise ValueError(f"it has {_KIND_WORDS.get(kind or '', 'values')}, and only text can match a pattern")
    whole = f"^(?:{pattern})$"
    pl.select(pl.lit("").str.contains(whole))  # a pattern that is none is said here, not while rows are checked
    return values.cast(pl.String).str.contains(whole)
