from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headrace.data.tables import ROWS_AT_ONCE, read_table, write_frame, write_table

ROWS = ROWS_AT_ONCE * 2 + 17


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.table(
        {
            "n": pa.array(range(ROWS)),
            "text": pa.array([f"value {n % 1000}" for n in range(ROWS)]),
            "long": pa.array(
                [f"{n * n} is not like any other text, so that they fill many pages" for n in range(ROWS)]
            ),
            "time": pa.array([datetime(2013, 1, 1, tzinfo=UTC)] * ROWS, pa.timestamp("us", "UTC")),
        }
    )


@pytest.mark.parametrize("size", [1000, 4096, 100_000, ROWS])
def test_equal_rows_are_equal_bytes_however_they_come(tmp_path: Path, table: pa.Table, size: int) -> None:
    whole, batched = tmp_path / "whole.parquet", tmp_path / "batched.parquet"
    assert write_table(whole, table.schema, table.to_batches()) == ROWS
    assert write_table(batched, table.schema, table.to_batches(max_chunksize=size)) == ROWS
    assert whole.read_bytes() == batched.read_bytes()


def test_text_is_one_type_whoever_made_it(tmp_path: Path) -> None:
    types = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
    contents = set()
    for kind in types:
        column = pa.array(["a", "b", None]).cast(kind)
        table = pa.table({"x": column}).replace_schema_metadata({"made by": str(kind)})
        write_table(tmp_path / "x.parquet", table.schema, table.to_batches())
        contents.add((tmp_path / "x.parquet").read_bytes())
    assert len(contents) == 1


def test_polars_and_arrow_write_the_same(tmp_path: Path, table: pa.Table) -> None:
    write_table(tmp_path / "arrow.parquet", table.schema, table.to_batches())
    frame = read_table(tmp_path / "arrow.parquet")
    write_frame(tmp_path / "polars.parquet", frame)
    assert (tmp_path / "arrow.parquet").read_bytes() == (tmp_path / "polars.parquet").read_bytes()


def test_a_column_without_values_is_text(tmp_path: Path) -> None:
    table = pa.table({"x": pa.nulls(3)})
    write_table(tmp_path / "x.parquet", table.schema, table.to_batches())
    assert read_table(tmp_path / "x.parquet").schema == {"x": pl.String}


def test_no_rows_are_a_table_too(tmp_path: Path, table: pa.Table) -> None:
    assert write_table(tmp_path / "x.parquet", table.schema, []) == 0
    assert read_table(tmp_path / "x.parquet").shape == (0, 4)


def test_a_flipped_bit_is_noticed_by_who_verifies(tmp_path: Path, table: pa.Table) -> None:
    path = tmp_path / "x.parquet"
    write_table(path, table.schema, table.to_batches())
    for share in (0.1, 0.4, 0.7):
        content = bytearray(path.read_bytes())
        content[int(len(content) * share)] ^= 4
        (tmp_path / "bad.parquet").write_bytes(content)
        with pytest.raises(OSError, match=r"checksum|CRC|Couldn't deserialize|unexpected"):
            pq.read_table(tmp_path / "bad.parquet", page_checksum_verification=True)


def test_some_columns_can_be_read(tmp_path: Path, table: pa.Table) -> None:
    write_table(tmp_path / "x[1].parquet", table.schema, table.to_batches())
    frame = read_table(tmp_path / "x[1].parquet", columns=["text"])
    assert frame.columns == ["text"]
    assert frame.height == ROWS
