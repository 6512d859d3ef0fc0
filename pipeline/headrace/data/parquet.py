"""Reads Parquet sources: files of one schema, batch by batch, damage included in what is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from headrace.config.nearest import suggestion
from headrace.config.schema.dataset import ColumnType, ParquetSource
from headrace.data.declared import check_declared, repeated
from headrace.data.files import SourceFile
from headrace.data.tables import plain_schema
from headrace.errors import DataError

Result = TypeVar("Result")
Batches = Iterator[pa.RecordBatch]

_TYPES: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}


def read_parquet(
    name: str, source: ParquetSource, files: Sequence[SourceFile], consume: Callable[[pa.Schema, Batches], Result]
) -> Result:
    """Hand all rows of the files to `consume`, as batches of one schema; returns what it returns.

    DataError for a damaged file, files of different schemas, a column that is not there, or a value that does not
    fit its declared type.
    """
    first = _schema(name, files[0])
    for file in files[1:]:
        _check_same(name, files[0], first, file, _schema(name, file))
    columns = list(source.columns) if source.columns is not None else first.names
    for column in columns:
        if column not in first.names:
            raise _fault(name, f"there is no column {column}", suggestion(column, first.names), "columns")
    check_declared(name, source, columns)
    kept = pa.schema([first.field(column) for column in columns])
    schema = pa.schema([(field.name, _wanted(name, source, field)) for field in kept])
    return consume(schema, _batches(name, files, schema))


def _wanted(name: str, source: ParquetSource, field: pa.Field) -> pa.DataType:
    declared = source.types.get(field.name)
    if declared is None:
        return field.type
    if declared != "datetime":
        return _TYPES[declared]
    if pa.types.is_timestamp(field.type):
        return field.type
    if pa.types.is_date(field.type):
        return pa.timestamp("us")
    raise _fault(name, f"{field.name} is {field.type}, not a time", "declare what it is", f"types.{field.name}")


def _batches(name: str, files: Sequence[SourceFile], schema: pa.Schema) -> Batches:
    for file in files:
        row = 0
        try:
            with pq.ParquetFile(file.path, page_checksum_verification=True) as parquet:
                for batch in parquet.iter_batches(columns=schema.names):
                    yield _cast(name, file, row, batch.select(schema.names), schema)
                    row += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(name, file, error) from error


def _cast(name: str, file: SourceFile, row: int, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    arrays = []
    for field, array in zip(schema, batch.columns, strict=True):
        try:
            arrays.append(array.cast(field.type))
        except pa.ArrowInvalid as error:
            rows = f"rows {row + 1} to {row + batch.num_rows}"
            raise _fault(
                name,
                f"{file.name}, {rows}: {field.name} has values that do not fit its declared type: {error}",
                "mend the values, or declare another type",
                f"types.{field.name}",
            ) from error
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _schema(name: str, file: SourceFile) -> pa.Schema:
    try:
        schema = plain_schema(pq.read_schema(file.path))
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(name, file, error) from error
    if twice := repeated(schema.names):
        raise _fault(name, f"{file.name}: two columns are named {twice[0]}", "rename one of them")
    return schema


def _check_same(name: str, first: SourceFile, expected: pa.Schema, file: SourceFile, found: pa.Schema) -> None:
    if found == expected:
        return
    ours, theirs = ({field.name: str(field.type) for field in schema} for schema in (expected, found))
    differing = sorted(column for column in {**ours, **theirs} if ours.get(column) != theirs.get(column))
    shown = "; ".join(f"{c} is {theirs.get(c, 'absent')}, was {ours.get(c, 'absent')}" for c in differing[:5])
    raise _fault(
        name,
        f"{file.name} has another schema than {first.name}: {shown or 'the columns are in another order'}",
        "read them as two sources",
    )


def _unreadable(name: str, file: SourceFile, error: Exception) -> DataError:
    return _fault(name, f"{file.name} cannot be read as Parquet: {error}", "is it Parquet, and whole?")


def _fault(name: str, message: str, remedy: str, at: str = "path") -> DataError:
    return DataError(f"source {name}: {message}", remedy=remedy, key=f"dataset.sources.{name}.{at}")
