"""Reads a file as a source would read it, once it is known how: null values, decimal sign, types to declare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from headrace.config.schema.dataset import ColumnType, CsvSource, ParquetSource, Source
from headrace.data.csv import read_csv
from headrace.data.files import SourceFile
from headrace.data.parquet import read_parquet
from headrace.errors import DataError
from headrace.scaffold.refusal import LAYOUT, RefusalError
from headrace.scaffold.survey.csv_layout import Layout, layout_of
from headrace.scaffold.survey.date_text import date_text
from headrace.scaffold.survey.file_kind import FileKind
from headrace.scaffold.survey.number_text import number_text

if TYPE_CHECKING:
    import polars as pl

#: Texts that mean "no value" wherever they stand.
_NULLS = ("na", "n/a", "nan", "null", "?", "#n/a", "#na", "<na>", "#null!", "(null)", "\\n")
#: Texts that mean it where everything else in the column is a number, or a date.
_NULLS_AMONG_NUMBERS = (*_NULLS, "-", "--", ".", "..", "*", "none", "missing", "unknown", "n.a.", "inf", "-inf", "nil")
NUMBER = r"^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$"
_COMMA_NUMBER = r"^\s*[-+]?\d+(?:,\d+)?(?:[eE][-+]?\d+)?\s*$"
_THOUSANDS = r"^\s*[-+]?\d{1,3}(?:,\d{3})*\s*$"
_EVIDENCE = 0.5
"""Share of a column's different values that must be numbers before the others are taken for gaps."""


@dataclass(frozen=True, slots=True)
class SurveyedTable:
    """The rows of a file, typed as a source of a pipeline types them, and how that is declared."""

    source: Source
    frame: pl.DataFrame
    notes: dict[str, tuple[str, ...]]
    """Key of the source -> why it is as it is."""


def survey(path: Path, kind: FileKind, target: str) -> SurveyedTable:
    """Read the whole file; RefusalError, with the line, for one that cannot be read exactly."""
    if kind == "parquet":
        parquet = ParquetSource(type="parquet", path=path.name)
        return SurveyedTable(parquet, _rows(path, parquet), {})
    layout = layout_of(path, target)
    plain = _plain_source(path, layout)
    text = _rows(path, plain.model_copy(update={"types": dict.fromkeys(layout.names, "string")}))
    decimal = _decimal(text, layout.separator)
    nulls = _null_texts(text, target, decimal)
    types, reasons = _types(text, nulls)
    source = plain.model_copy(update={"null_values": nulls or ("",), "types": types, "decimal": decimal})
    notes = {"path": layout.notes}
    if decimal == ",":
        notes["decimal"] = ("numbers are written with a decimal comma, as in 1,5",)
    if types:
        notes["types"] = tuple(reasons)
    return SurveyedTable(source, _rows(path, source), notes)


def _plain_source(path: Path, layout: Layout) -> CsvSource:
    return CsvSource(
        type="csv",
        path=path.name,
        separator=layout.separator,
        quote=layout.quote,
        encoding=layout.encoding,
        header=layout.has_header,
        skip_rows=layout.skip_rows,
        columns=None if layout.has_header else layout.names,
    )


def _rows(path: Path, source: Source) -> pl.DataFrame:
    import polars as pl

    def whole(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> pa.Table:
        return pa.Table.from_batches(list(batches), schema)

    files = [SourceFile(path.name, path)]
    try:
        if isinstance(source, CsvSource):
            table = read_csv("file", source, files, whole)
        else:
            table = read_parquet("file", source, files, whole)
    except DataError as error:
        raise RefusalError(LAYOUT, error.message.removeprefix("source file: "), error.remedy) from error
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _decimal(text: pl.DataFrame, separator: str) -> Literal[".", ","]:
    """A comma where columns have numbers only if it is read as one, and not as one between thousands."""
    if separator == ",":
        return "."
    for name in text.columns:
        values = text[name].drop_nulls().unique()
        values = values.filter(~values.str.strip_chars().str.to_lowercase().is_in(_NULLS_AMONG_NUMBERS))
        with_comma = values.filter(values.str.contains(",", literal=True))
        if not len(with_comma) or not values.str.contains(_COMMA_NUMBER).all():
            continue
        is_thousands = bool(with_comma.str.contains(_THOUSANDS).all())
        if not is_thousands or bool(with_comma.str.contains(r"^\s*[-+]?0").any()):
            return ","
    return "."


def _null_texts(text: pl.DataFrame, target: str, decimal: str) -> tuple[str, ...]:
    """The texts of this file that mean "no value", as they are written."""
    found: list[str] = []
    labels = set(text[target].unique().to_list()) if target in text.columns else set()
    for name in text.columns:
        values = text[name].drop_nulls().unique()
        folded = values.str.strip_chars().str.to_lowercase()
        weak = values.filter(folded.is_in(_NULLS_AMONG_NUMBERS) | (folded == ""))
        if not len(weak):
            continue
        others = values.filter(~values.is_in(weak.to_list()))
        pattern = _COMMA_NUMBER if decimal == "," else NUMBER
        numeric = others.str.contains(pattern).mean() if len(others) else 0.0
        is_numeric = float(numeric or 0.0) > _EVIDENCE or _is_quantity(name, others)  # type: ignore[arg-type]
        for value, low in zip(values.to_list(), folded.to_list(), strict=True):
            is_null = low in _NULLS or low == "" or (is_numeric and low in _NULLS_AMONG_NUMBERS)
            if is_null and (low in _NULLS or low == "" or name == target or value not in labels):
                found.append(value)
    return tuple(sorted(set(found)))


def _is_quantity(name: str, values: pl.Series) -> bool:
    """Whether all of these texts are prices, shares, dates or the like."""
    return number_text(name, values) is not None or date_text(name, values) is not None


def _types(text: pl.DataFrame, nulls: Sequence[str]) -> tuple[dict[str, ColumnType], list[str]]:
    """Columns of digits that are names, not numbers: with zeros in front, or longer than a number can be."""
    types: dict[str, ColumnType] = {}
    reasons = []
    for name in text.columns:
        values = text[name].drop_nulls()
        values = values.filter(~values.is_in(list(nulls))) if nulls else values
        values = values.head(50_000).unique() if len(values) else values
        if not len(values) or not values.str.contains(r"^\d+$").all():
            continue
        lengths = values.str.len_chars()
        if bool(values.str.contains(r"^0\d+$").any()) and lengths.min() == lengths.max():
            types[name] = "string"
            reasons.append(f"{name} has codes with zeros in front: names, not quantities")
        elif int(str(lengths.max())) > 18:
            types[name] = "string"
            reasons.append(f"{name} has more digits than a number keeps exactly")
    return types, reasons
