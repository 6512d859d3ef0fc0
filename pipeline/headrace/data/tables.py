"""Tables on disk: the one way in which stages write them, and the one way in which they read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import polars as pl

#: Rows in a row group: what a reader takes at once, whatever the sizes of the batches that came in.
ROWS_AT_ONCE = 122_880


def write_table(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches of one schema as Parquet with page checksums; returns the number of rows.

    Equal rows give equal bytes, however they were batched: row groups are cut at fixed sizes,
    text has one type, and the schema carries no notes of who made it.
    """
    plain = plain_schema(schema)
    rows = 0
    with pq.ParquetWriter(path, plain, compression="lz4", write_page_checksum=True) as writer:
        for group in _row_groups(batches, plain):
            writer.write_table(group.combine_chunks(), row_group_size=ROWS_AT_ONCE)  # chunks would move page borders
            rows += group.num_rows
    return rows


def write_frame(path: Path, frame: pl.DataFrame) -> int:
    """Write a polars table as `write_table` does."""
    table = frame.to_arrow()
    return write_table(path, table.schema, table.to_batches())


def read_table(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """A table that a stage wrote, or some columns of it."""
    import polars as pl  # ingest writes without it

    return pl.read_parquet(path, columns=None if columns is None else list(columns), glob=False)


def read_columns(path: Path) -> pl.Schema:
    """Names and types of a table's columns."""
    import polars as pl

    return pl.Schema(pl.read_parquet_schema(path))


def whole_numbers(values: npt.NDArray[np.int64]) -> pa.Array:
    """The values as an Arrow array. `pa.array` does the same, and imports pandas (0.3 s) to look for its objects."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema with one type for text, no dictionaries and no metadata; a column without any value is text."""
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind):
        return pa.string()
    return kind


def _row_groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    rows = 0
    for batch in batches:
        arrived = pa.Table.from_batches([batch])
        waiting.append(arrived if arrived.schema == schema else arrived.cast(schema))
        rows += batch.num_rows
        while rows >= ROWS_AT_ONCE:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, ROWS_AT_ONCE)
            waiting = [joined.slice(ROWS_AT_ONCE)]
            rows -= ROWS_AT_ONCE
    if rows:
        yield pa.concat_tables(waiting)
