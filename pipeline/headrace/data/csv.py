"""Reads CSV strictly and in one pass: exact types, no guessing, no row or value dropped or made up."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pacsv

from headrace.config.schema.dataset import CsvSource
from headrace.data.csv_bytes import CsvStream, part_header, unpacked, utf8_chunks
from headrace.data.csv_faults import find_fault, find_value
from headrace.data.csv_form import CsvForm, form_of
from headrace.data.declared import check_declared, repeated
from headrace.data.files import SourceFile
from headrace.errors import DataError

Result = TypeVar("Result")
Batches = Iterator[pa.RecordBatch]

_BLOCK = 1 << 20
_LARGEST_BLOCK = 1 << 28
#: Whole numbers from here on are not told apart by a 64-bit float.
_EXACT = float(1 << 63)
_OTHER_ENCODING = "declare the encoding that the file is in"
_RENAME = "rename the column, or write skip_rows: 1, header: false, and columns"
_NANOSECONDS = (pa.timestamp("ns"), pa.timestamp("ns", "UTC"))
_MOMENTS = (pa.timestamp("us"), pa.timestamp("us", "UTC"), *_NANOSECONDS)
#: What the parser infers for times without fractions.
_SECONDS = (pa.timestamp("s"), pa.timestamp("s", "UTC"))
#: Types from narrow to wide: a column has the first one that fits all of its values.
_LADDER = (pa.null(), pa.int64(), pa.bool_(), pa.date32(), *_MOMENTS, pa.float64(), pa.string())
_DECLARED = {
    "string": (pa.string(),),
    "int": (pa.int64(),),
    "float": (pa.float64(),),
    "bool": (pa.bool_(),),
    "date": (pa.date32(),),
    "datetime": _MOMENTS,
}
_EXAMPLE = {
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "date": "date as in 2013-12-31",
    "datetime": "time as in 2013-12-31T06:00:00Z, all of them with an offset or none",
}
_MISFIT = re.compile(
    r"In CSV column #(\d+):.*?(?:invalid value|expected (?:no|a) zone offset in) '(.*?)'(?:\. If these .*)?$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class _CsvTable:
    """One source: its files, how they are laid out, and what is declared of it."""

    source: CsvSource
    files: Sequence[SourceFile]
    form: CsvForm
    columns: tuple[str, ...]

    def ladder(self, column: str) -> tuple[pa.DataType, ...]:
        """The types that a column may have, from narrow to wide."""
        declared = self.source.types.get(column)
        return _LADDER if declared is None else _DECLARED[declared]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What is assumed of the columns until a value proves otherwise; other types are taken from the first block."""

    types: Mapping[str, pa.DataType]
    block: int


class _TryAgainError(Exception):
    """What was assumed does not hold; this may."""

    def __init__(self, attempt: _Attempt) -> None:
        super().__init__()
        self.attempt = attempt


def read_csv(
    name: str, source: CsvSource, files: Sequence[SourceFile], consume: Callable[[pa.Schema, Batches], Result]
) -> Result:
    """Hand all rows of the files to `consume`, as batches of one schema; returns what it returns.

    `consume` is called again from the first row when a later value shows that a column needs a wider type.
    An undeclared type is the narrowest that fits every value of the column: whole number, true/false, date, time,
    number, text. DataError, with file and line, for anything that is not exactly what it seems.
    """
    form = form_of(name, source)
    table = _CsvTable(source, files, form, _columns(source, files, form))
    check_declared(name, source, table.columns)
    attempt = _Attempt({column: _DECLARED[kind][0] for column, kind in source.types.items()}, _BLOCK)
    while True:
        try:
            return _try(table, attempt, consume)
        except _TryAgainError as again:
            attempt = again.attempt


def _columns(source: CsvSource, files: Sequence[SourceFile], form: CsvForm) -> tuple[str, ...]:
    """The names of the columns: one list that all files agree on."""
    names = source.columns or ()
    for file in files:
        with unpacked(file, form) as raw:
            try:
                header = part_header(utf8_chunks(raw, form), form)
                has_rows = any(chunk.strip() for chunk in header.rest)
            except UnicodeError as error:
                raise find_fault([file], form) or form.fault(f"{file.name}: {error}", _OTHER_ENCODING) from error
        if not has_rows:
            what = "has a header and no rows" if any(header.names) else "is empty"
            raise form.fault(f"{file.name} {what}", "leave the file out, or have it made again")
        if form.header:
            _check_header(header.names, file, form)
            names = names or header.names
        if header.names and header.names != names:
            raise form.fault(_difference(files[0], names, file, header.names), "read them as two sources")
    return names


def _check_header(names: Sequence[str], file: SourceFile, form: CsvForm) -> None:
    place = f"{file.name}:{form.skip_rows + 1}"
    if not any(name.strip() for name in names):
        raise form.fault(f"{place}: there is no header", "write header: false, and columns")
    if twice := repeated(names):
        raise form.fault(f"{place}: two columns are named {twice[0]}", _RENAME)
    if "" in names:
        raise form.fault(f"{place}: column {names.index('') + 1} has no name", _RENAME)


def _difference(first: SourceFile, expected: Sequence[str], file: SourceFile, names: Sequence[str]) -> str:
    more, less = [n for n in names if n not in expected], [n for n in expected if n not in names]
    parts = [f"{label} {', '.join(part)}" for label, part in (("it also has", more), ("it lacks", less)) if part]
    return f"{file.name} has other columns than {first.name}: {'; '.join(parts) or 'they are in another order'}"


def _try(table: _CsvTable, attempt: _Attempt, consume: Callable[[pa.Schema, Batches], Result]) -> Result:
    stream = CsvStream(table.files, table.form)
    inferred: pa.Schema | None = None
    try:
        with _open(table, attempt, stream) as reader:
            inferred = reader.schema
            schema = pa.schema([(field.name, _settled(field.type)) for field in inferred])
            if better := _better_types(inferred, attempt):
                raise _TryAgainError(replace(attempt, types={**attempt.types, **better}))
            result = consume(schema, _checked(table, reader, schema))
    except (pa.ArrowException, UnicodeError) as error:
        raise _explain(table, attempt, inferred, stream, error) from error
    is_doubtful = any(watch.is_doubtful for watch in stream.watches)
    if is_doubtful and (fault := find_fault(table.files, table.form, table.columns)):
        raise fault
    return result


def _open(table: _CsvTable, attempt: _Attempt, stream: CsvStream) -> pacsv.CSVStreamingReader:
    return pacsv.open_csv(
        pa.PythonFile(stream, mode="r"),
        pacsv.ReadOptions(column_names=list(table.columns), block_size=attempt.block),
        pacsv.ParseOptions(
            delimiter=table.form.separator,
            quote_char=table.form.quote or False,
            newlines_in_values=True,
            ignore_empty_lines=len(table.columns) > 1,  # in a single column an empty line is an empty field
        ),
        pacsv.ConvertOptions(
            column_types=dict(attempt.types),
            null_values=["", *table.source.null_values],
            decimal_point=table.source.decimal,
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _better_types(inferred: pa.Schema, attempt: _Attempt) -> dict[str, pa.DataType]:
    """What to read instead of inferred types that no column shall have without need: nanoseconds, times of day."""
    better = {}
    for field in inferred:
        if field.name in attempt.types:
            continue
        if field.type in _NANOSECONDS:
            better[field.name] = pa.timestamp("us", field.type.tz)
        elif field.type not in (*_LADDER, *_SECONDS):
            better[field.name] = pa.string()
    return better


def _settled(kind: pa.DataType) -> pa.DataType:
    """The type that is kept for one that was inferred."""
    return pa.timestamp("us", kind.tz) if kind in _SECONDS else kind


def _checked(table: _CsvTable, reader: Iterator[pa.RecordBatch], schema: pa.Schema) -> Batches:
    """The batches, once it is known that every number in them is one, and is exactly the one that was written."""
    numbers = [place for place, field in enumerate(schema) if pa.types.is_float64(field.type)]
    for batch in reader:
        for place in numbers:
            column = batch.column(place)
            limit = math.inf if schema.names[place] in table.source.types else _EXACT
            is_number = pc.all(pc.is_finite(column)).as_py() is not False
            if not is_number or (pc.max(pc.abs(column)).as_py() or 0.0) >= limit:
                raise _wrong_number(table, place, limit)
        yield batch if batch.schema == schema else batch.cast(schema)


def _wrong_number(table: _CsvTable, place: int, limit: float) -> DataError:
    decimal = table.source.decimal
    record = find_value(table.files, table.form, place, lambda text: not _below(text.replace(decimal, "."), limit))
    where, text = (f"{record.place}: ", record.fields[place]) if record else ("", "a value")
    column = table.columns[place]
    if _below(text.replace(decimal, "."), math.inf):
        message, remedy = "is too large to be kept exactly", f"declare types: {{{column}: string}}, or float"
    else:
        message, remedy = "is no number", f"if it means a missing value, declare null_values: [{text.strip()}]"
    return table.form.fault(f"{where}{column} {text!r} {message}", remedy)


def _below(text: str, limit: float) -> bool:
    try:
        return abs(float(text)) < limit
    except ValueError:
        return True


def _explain(
    table: _CsvTable, attempt: _Attempt, inferred: pa.Schema | None, stream: CsvStream, error: Exception
) -> Exception:
    """What the parser's complaint means: something to try, or an error with its place."""
    if isinstance(stream.failure, DataError):
        return stream.failure
    misfit = _MISFIT.search(str(error))
    if misfit is not None:
        place, value = int(misfit[1]), misfit[2]
        return _widen(table, attempt, place, value, _settled(inferred.field(place).type) if inferred else None)
    fault = find_fault(table.files, table.form, table.columns)
    if fault is not None:
        return fault
    if "straddling" in str(error) and attempt.block < _LARGEST_BLOCK:
        return _TryAgainError(replace(attempt, block=attempt.block * 16))
    return table.form.fault(f"cannot be read: {error}", "mend the file, or describe it better")


def _widen(table: _CsvTable, attempt: _Attempt, place: int, value: str, inferred: pa.DataType | None) -> Exception:
    """The narrowest type, from the present one on, that the value fits; an error where the declared type has none."""
    column = table.columns[place]
    ladder = table.ladder(column)
    present = attempt.types.get(column, inferred)
    start = ladder.index(present) if present in ladder else 0
    for kind in ladder[start:]:
        if kind != attempt.types.get(column) and _fits(value, kind):
            return _TryAgainError(replace(attempt, types={**attempt.types, column: kind}))
    record = find_value(table.files, table.form, place, lambda text: text.strip() == value.strip())
    meant = _EXAMPLE.get(table.source.types.get(column, "string"), "text")
    return table.form.fault(
        f"{record.place + ': ' if record else ''}{column} {value!r} is not a {meant}",
        f"mend the value; declare another type; or, if it means a missing value, declare null_values: [{value}]",
        f"types.{column}",
    )


def _fits(value: str, kind: pa.DataType) -> bool:
    """Whether the parser itself takes the value for one of that type."""
    quoted = '"' + value.replace('"', '""') + '"\n'
    try:
        pacsv.read_csv(
            io.BytesIO(quoted.encode()),
            pacsv.ReadOptions(column_names=["value"], use_threads=False),
            pacsv.ParseOptions(newlines_in_values=True),
            pacsv.ConvertOptions(column_types={"value": kind}, null_values=[]),
        )
    except pa.ArrowInvalid:
        return False
    return True
