"""Dates and times that are written in other ways than ISO 8601, or as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headrace.scaffold.survey.number_text import quoted

if TYPE_CHECKING:
    import polars as pl

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%d-%b-%Y",
    "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%a, %d %b %Y", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y",
    "%d-%b-%y", "%A, %B %d, %Y", "%A, %d %B %Y", "%a, %b %d, %Y", "%d %b %y",
)  # fmt: skip
_MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", "T%H:%M:%S.%f", " %H:%M:%S.%f", "T%H:%M")
FORMATS = (*(day + time for time in _TIMES for day in _DAYS), *_MONTHS, "%Y%m%d", "%Y%m%dT%H%M%S")
_SAMPLE = 300
#: Years outside are no years: `1.2.3` is a version.
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_SHORTEST, _LONGEST = 6, 48


@dataclass(frozen=True, slots=True)
class DateText:
    """The SQL that turns a column into times, and what it assumes."""

    sql: str
    note: str


def date_text(column: str, values: pl.Series) -> DateText | None:
    """How to read a column of text as times, if one format fits every value of it."""
    seen = values.drop_nulls().unique()
    if not len(seen):
        return None
    lengths = seen.str.len_chars()
    first = seen.head(_SAMPLE)
    if int(str(lengths.min())) < _SHORTEST or int(str(lengths.max())) > _LONGEST:
        return None
    if not bool(first.str.contains(r"\d").all()):
        return None
    fitting = [form for form in _fitting(first, FORMATS) if _fitting(seen, (form,))]
    if not fitting:
        return None
    chosen = next((form for form in fitting if _is_sorted(values, form)), fitting[0])
    note = f"text such as {str(seen[0])!r}, read as {chosen}"
    if rivals := [form for form in fitting if form != chosen]:
        note += f": a guess, since {rivals[0]} fits too"
    return DateText(f"strptime({quoted(column)}, '{chosen}')", note)


def day_number(column: str, values: pl.Series) -> DateText | None:
    """How to read whole numbers such as 20131231 as days, if all of them are days."""
    import polars as pl

    seen = values.drop_nulls().unique().sort()
    if len(seen) < 2 or not 19000101 <= int(seen[0]) <= int(seen[-1]) <= 21001231:
        return None
    if not _fitting(seen.cast(pl.String), ("%Y%m%d",)):
        return None
    sql = f"strptime(CAST({quoted(column)} AS VARCHAR), '%Y%m%d')"
    return DateText(sql, f"whole numbers such as {seen[0]}, read as days")


def _fitting(values: pl.Series, formats: tuple[str, ...]) -> list[str]:
    """The formats that DuckDB reads every value by: it is who reads them in the pipeline."""
    import duckdb
    import pyarrow as pa

    counts = ", ".join(
        f"count_if(year(try_strptime(text, '{form}')) BETWEEN {_FIRST_YEAR} AND {_LAST_YEAR})" for form in formats
    )
    with duckdb.connect() as connection:
        connection.register("given", pa.table({"text": values.to_arrow()}))
        row = connection.sql(f"SELECT {counts} FROM given").fetchall()[0]  # noqa: S608 - fixed words
    return [form for form, count in zip(formats, row, strict=True) if count == len(values)]


def _is_sorted(values: pl.Series, form: str) -> bool:
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("given", pa.table({"text": values.drop_nulls().head(5_000).to_arrow()}))
        sql = f"SELECT epoch(try_strptime(text, '{form}')) AS moment FROM given"  # noqa: S608 - fixed words
        moments = [row[0] for row in connection.sql(sql).fetchall()]
    return moments == sorted(moments) or moments == sorted(moments, reverse=True)
