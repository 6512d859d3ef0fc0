"""Numbers that are written as text: with thousands apart, a currency, a percent sign or a unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_DIGITS = r"(?:\d{1,3}(?:[, '\u00a0]\d{3})+|\d+)(?:\.\d+)?"
_EUROPEAN = r"(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?"
_SIGN = r"\s*[-+]?\s*(?:[$€£¥₹]|USD|EUR|Rs\.?)?\s*[-+]?\s*"
_UNIT = r"\s*(?:[%$€£¥₹]|[A-Za-z°µ/²³]{1,8})?\s*"


@dataclass(frozen=True, slots=True)
class NumberText:
    """The SQL that turns a column of such text into numbers, and what it does."""

    sql: str
    note: str


def number_text(column: str, values: pl.Series) -> NumberText | None:
    """How to read a column's text as numbers, if every value is one with the same signs and unit round it."""
    seen = values.drop_nulls().unique()
    if not len(seen) or not bool(seen.str.contains(r"\d").all()):
        return None
    units = seen.str.extract(r"\d\s*([%$€£¥₹]|[A-Za-z°µ/²³]+)\s*$").fill_null("").unique()
    fronts = seen.str.extract(r"^\s*[-+]?\s*([^\d\s.,+-]*)").fill_null("").unique()
    if len(units) > 1 or len(fronts) > 1:
        return None
    name = quoted(column)
    example = str(seen.sort()[len(seen) // 2]).strip()[:30]
    if bool(seen.str.contains(f"^{_SIGN}{_DIGITS}{_UNIT}$").all()):
        sql = f"CAST(regexp_replace({name}, '[^0-9.+-]', '', 'g') AS DOUBLE)"
        return NumberText(sql, f"text such as {example!r}, read as a number")
    if bool(seen.str.contains(f"^{_SIGN}{_EUROPEAN}{_UNIT}$").all()):
        sql = f"CAST(replace(regexp_replace({name}, '[^0-9,+-]', '', 'g'), ',', '.') AS DOUBLE)"
        return NumberText(sql, f"text such as {example!r}, read as a number with a decimal comma")
    return None


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
