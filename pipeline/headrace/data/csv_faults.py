"""Finds the place of what is wrong with a CSV file: slowly, record by record, after the fast parser gave up."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from headrace.counted import counted
from headrace.data.csv_blanks import single_blanks_in_text
from headrace.data.csv_bytes import unpacked
from headrace.data.csv_form import BLANKS, CsvForm
from headrace.data.files import SourceFile
from headrace.errors import DataError

_SHOWN = 60
#: How Python keeps a byte that the encoding has no character for.
_UNDECODED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it is written, and the line it starts on."""

    file: SourceFile
    line: int
    last_line: int
    fields: list[str]

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file.name}:{self.line}"


def find_fault(files: Sequence[SourceFile], form: CsvForm, columns: Sequence[str] | None = None) -> DataError | None:
    """The first row that cannot be read, or has another number of fields than there are columns; None if none."""
    for file in files:
        try:
            for record in _records(file, form):
                if columns is not None and len(record.fields) != len(columns):
                    return _ragged(record, form, columns)
        except _BrokenRecordError as broken:
            return broken.as_error(form)
    return None


def find_value(
    files: Sequence[SourceFile], form: CsvForm, column: int, is_wanted: Callable[[str], bool]
) -> Record | None:
    """The first row whose field in a column is wanted; None if there is none. DataError if a row cannot be read."""
    try:
        for file in files:
            for record in _records(file, form):
                if column < len(record.fields) and is_wanted(record.fields[column]):
                    return record
    except _BrokenRecordError as broken:
        raise broken.as_error(form) from broken
    return None


class _BrokenRecordError(Exception):
    """The record that starts on a line cannot be read."""

    def __init__(self, file: SourceFile, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.place = f"{file.name}:{line}"
        self.message = message
        self.remedy = remedy

    def as_error(self, form: CsvForm) -> DataError:
        return form.fault(f"{self.place}: {self.message}", self.remedy)


def _records(file: SourceFile, form: CsvForm) -> Iterator[Record]:
    """The rows of one file below its header, without blank lines."""
    with unpacked(file, form) as raw, _long_fields():
        lines = _decoded(io.TextIOWrapper(raw, form.encoding, errors="surrogateescape", newline=""), file, form)
        lines = single_blanks_in_text(lines, form.quote) if form.is_padded else lines
        skipped = sum(1 for _ in zip(range(form.skip_rows), lines, strict=False))
        reader = form.reader(lines, strict=True)
        is_header = form.header
        while True:
            line = skipped + reader.line_num + 1
            try:
                fields = next(reader, None)
            except csv.Error as error:
                raise _unreadable(file, line, error) from error
            if fields is None:
                return
            if fields and not is_header:
                yield Record(file, line, skipped + reader.line_num, fields)
            is_header = is_header and not fields


def _decoded(text: io.TextIOWrapper, file: SourceFile, form: CsvForm) -> Iterator[str]:
    line = 0
    remedy = f"declare the encoding it is in, as in encoding: cp1252 (now {form.encoding})"
    try:
        for line, content in enumerate(text, 1):
            if not content.isascii() and (bad := _UNDECODED.search(content)):
                message = f"byte 0x{ord(bad[0]) - 0xDC00:02x} is no {form.encoding}"
                raise _BrokenRecordError(file, line, message, remedy)
            yield content.removeprefix("\ufeff") if line == 1 else content
    except UnicodeError as error:
        raise _BrokenRecordError(file, line + 1, f"is no {form.encoding}: {error}", remedy) from error


@contextmanager
def _long_fields() -> Iterator[None]:
    """The `csv` module's limit would take a long text for an unclosed quote."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _unreadable(file: SourceFile, line: int, error: csv.Error) -> _BrokenRecordError:
    if "unexpected end of data" in str(error):
        message = "the quote that opens in this row is never closed"
        return _BrokenRecordError(file, line, message, "close it, or write quote: '' if the file quotes nothing")
    message = f"the row's quoting is broken: {error}"
    return _BrokenRecordError(file, line, message, "double quotes inside a quoted field, or write quote: ''")


def _ragged(record: Record, form: CsvForm, columns: Sequence[str]) -> DataError:
    count, expected = len(record.fields), len(columns)
    shown = form.separator.join(record.fields).replace("\n", "\\n")
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    missing = f" (from {columns[count]} on there is nothing)" if count < expected else ""
    span = ""
    if record.last_line > record.line:
        span = f"; it reaches to line {record.last_line}: is a quote left open?"
    one_column = count == 1 and expected > 1
    separator = BLANKS if form.is_padded else form.separator
    remedy = f"is {separator!r} its separator?" if one_column else "mend the row, or have the file made again"
    return form.fault(
        f"{record.place}: {counted(count, 'field')} for {counted(expected, 'column')}{missing}{span}: {shown}",
        remedy,
    )
