from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headrace.config.schema.dataset import ParquetSource
from headrace.data.files import SourceFile
from headrace.data.parquet import read_parquet
from headrace.errors import DataError


def read(folder: Path, *tables: pa.Table | bytes, **declared: Any) -> pa.Table:
    files = []
    for number, table in enumerate(tables, 1):
        path = folder / f"{number}.parquet"
        if isinstance(table, bytes):
            path.write_bytes(table)
        else:
            pq.write_table(table, path, write_page_checksum=True)
        files.append(SourceFile(path.name, path))
    source = ParquetSource(type="parquet", path="*.parquet", **declared)
    return read_parquet("s", source, files, lambda schema, batches: pa.Table.from_batches(list(batches), schema))


def refusal(folder: Path, *tables: pa.Table | bytes, **declared: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read(folder, *tables, **declared)
    assert caught.value.remedy
    return caught.value


def test_files_of_one_schema_are_one_table(tmp_path: Path) -> None:
    table = read(tmp_path, pa.table({"a": [1], "b": ["x"]}), pa.table({"a": [2], "b": ["y"]}))
    assert table.to_pydict() == {"a": [1, 2], "b": ["x", "y"]}


def test_categories_are_text_and_other_libraries_notes_are_left_out(tmp_path: Path) -> None:
    table = pa.table({"a": pa.array(["x", "y"]).dictionary_encode()}).replace_schema_metadata({"pandas": "{}"})
    found = read(tmp_path, table)
    assert found.schema.equals(pa.schema([("a", pa.string())]), check_metadata=True)


def test_columns_are_chosen_in_their_declared_order(tmp_path: Path) -> None:
    assert read(tmp_path, pa.table({"a": [1], "b": [2], "c": [3]}), columns=["c", "a"]).to_pydict() == {
        "c": [3],
        "a": [1],
    }


def test_declared_types_are_cast_exactly(tmp_path: Path) -> None:
    table = pa.table({"a": ["1", None], "b": [1.0, 2.0], "c": [date(2013, 1, 1)] * 2})
    found = read(tmp_path, table, types={"a": "int", "b": "int", "c": "datetime"})
    assert found.to_pydict() == {"a": [1, None], "b": [1, 2], "c": [datetime(2013, 1, 1)] * 2}  # noqa: DTZ001


def test_a_value_that_does_not_fit_names_its_rows_and_column(tmp_path: Path) -> None:
    error = refusal(tmp_path, pa.table({"a": [1.0, 2.5]}), types={"a": "int"})
    assert "1.parquet, rows 1 to 2: a has values that do not fit" in error.message
    assert error.key == "dataset.sources.s.types.a"


def test_schemas_that_differ_say_where(tmp_path: Path) -> None:
    error = refusal(tmp_path, pa.table({"a": [1], "b": [1]}), pa.table({"a": ["1"], "c": [1]}))
    assert "2.parquet has another schema than 1.parquet" in error.message
    assert "a is string, was int64; b is absent, was int64; c is int64, was absent" in error.message
    assert error.key == "dataset.sources.s.path"


@pytest.mark.parametrize(
    ("declared", "key", "remedy"),
    [
        ({"columns": ["distanc"]}, "columns", "did you mean distance?"),
        ({"types": {"distanc": "int"}}, "types.distanc", "did you mean distance?"),
        ({"time_column": "distanc"}, "time_column", "did you mean distance?"),
        ({"row_number": "distance"}, "row_number", "another name"),
        ({"types": {"distance": "datetime"}}, "types.distance", "declare"),
    ],
)
def test_a_wrong_declaration_points_at_its_key(tmp_path: Path, declared: dict[str, Any], key: str, remedy: str) -> None:
    error = refusal(tmp_path, pa.table({"distance": [1], "time": [2]}), **declared)
    assert error.key == f"dataset.sources.s.{key}"
    assert remedy in error.remedy


def test_what_is_no_parquet_or_not_whole_is_an_error(tmp_path: Path) -> None:
    assert "1.parquet cannot be read as Parquet" in refusal(tmp_path, b"a,b\n1,2\n").message
    pq.write_table(pa.table({"a": list(range(1000))}), tmp_path / "x")
    assert "cannot be read as Parquet" in refusal(tmp_path, (tmp_path / "x").read_bytes()[:-20]).message


def test_a_flipped_bit_is_an_error(tmp_path: Path) -> None:
    table = pa.table({"a": list(range(100_000))})
    pq.write_table(table, tmp_path / "x", compression="none", write_page_checksum=True, use_dictionary=False)
    content = bytearray((tmp_path / "x").read_bytes())
    content[len(content) // 2] ^= 1
    assert "1.parquet cannot be read as Parquet" in refusal(tmp_path, bytes(content)).message


def test_two_columns_of_one_name_are_an_error(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "A"])
    assert "two columns are named A" in refusal(tmp_path, table).message
