"""What a table's columns hold: text that is really numbers or times is read as such, with the SQL that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headrace.scaffold.survey.date_text import date_text, day_number
from headrace.scaffold.survey.number_text import number_text, quoted

if TYPE_CHECKING:
    import polars as pl

#: With more different texts they are no labels.
_MOST_SPELLINGS = 200
_DAY_WORDS = ("date", "day", "dt")


@dataclass(frozen=True, slots=True)
class Understood:
    """The table with its columns as they are meant, and how the pipeline's SQL gets there."""

    frame: pl.DataFrame
    sql: Mapping[str, str]
    """Column -> expression, for those that need one."""
    notes: Mapping[str, str]


def understand(frame: pl.DataFrame, target: str) -> Understood:
    """Read what is written as text, or as a whole number, as what it means."""
    sql: dict[str, str] = {}
    notes: dict[str, str] = {}
    for name in frame.columns:
        read = _reading(name, frame[name], is_target=name == target)
        if read is not None:
            sql[name], notes[name] = read
    return Understood(_converted(frame, sql), sql, notes)


def _reading(name: str, values: pl.Series, *, is_target: bool) -> tuple[str, str] | None:
    import polars as pl

    if values.dtype.is_integer() and any(word in name.lower() for word in _DAY_WORDS) and not is_target:
        found = day_number(name, values)
        return None if found is None else (found.sql, found.note)
    if values.dtype != pl.String:
        return None
    number = number_text(name, values)
    if number is not None and (not is_target or values.n_unique() > 20):
        return number.sql, number.note
    date = None if is_target else date_text(name, values)
    return _one_spelling(name, values, is_target=is_target) if date is None else (date.sql, date.note)


def _one_spelling(name: str, values: pl.Series, *, is_target: bool) -> tuple[str, str] | None:
    """How to read labels of which some are the same word, in other letters or with spaces round it."""
    seen = values.drop_nulls().unique()
    if len(seen) > _MOST_SPELLINGS:
        return None
    trimmed = seen.str.strip_chars(" ")
    # single letters may be codes: then `m` and `M` are two of them
    folded = trimmed.str.to_lowercase() if bool((trimmed.str.len_chars() > 1).all()) else trimmed
    for read, sql in ((trimmed, "trim({})"), (folded, "lower(trim({}))")):
        if read.n_unique() == folded.n_unique() < len(seen):
            found = sorted(seen.filter(folded == folded.filter(folded.is_duplicated()).min()).to_list())
            shown = " and ".join(repr(value) for value in found[:2])
            return sql.format(quoted(name)), f"text such as {shown}, read as one"
    if is_target and bool((trimmed != seen).any()):
        return f"trim({quoted(name)})", "the spaces round labels are no part of them"
    return None


def _converted(frame: pl.DataFrame, sql: Mapping[str, str]) -> pl.DataFrame:
    import duckdb
    import polars as pl

    if not sql:
        return frame
    given = frame.select(list(sql))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")  # keeps the rows in their order
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("given", given.to_arrow())
        chosen = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in sql.items())
        table = connection.sql(f"SELECT {chosen} FROM given").to_arrow_table()  # noqa: S608 - names are quoted
    converted = pl.from_arrow(table)
    assert isinstance(converted, pl.DataFrame)
    return frame.with_columns(converted.get_columns())
