from __future__ import annotations

import gzip
import io
import time
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.config.schema.dataset import CsvSource
from headrace.data import csv as csv_module
from headrace.data.csv import read_csv
from headrace.data.csv_blanks import single_blanks, whole_lines
from headrace.data.files import SourceFile
from headrace.errors import DataError


def read(folder: Path, *contents: str | bytes, suffix: str = ".csv", **declared: Any) -> pa.Table:
    files = []
    for number, content in enumerate(contents, 1):
        path = folder / f"{number}{suffix}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        files.append(SourceFile(path.name, path))
    source = CsvSource(type="csv", path="*.csv", **declared)
    return read_csv("s", source, files, lambda schema, batches: pa.Table.from_batches(list(batches), schema))


def refusal(folder: Path, *contents: str | bytes, **declared: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read(folder, *contents, **declared)
    assert caught.value.remedy
    assert (caught.value.key or "").startswith("dataset.sources.s.")
    return caught.value


def types(table: pa.Table) -> dict[str, str]:
    return {field.name: str(field.type) for field in table.schema}


# --- what is read, and as what ---


@pytest.mark.parametrize(
    ("texts", "kind", "values"),
    [
        (["1", "-2", ""], "int64", [1, -2, None]),
        (["1", "2.5", "1e3"], "double", [1.0, 2.5, 1000.0]),
        (["true", "False", ""], "bool", [True, False, None]),
        (["2013-01-31", "2013-02-01"], "date32[day]", [date(2013, 1, 31), date(2013, 2, 1)]),
        (["2013-01-31 06:00", "2013-02-01T07:00:00.5"], "timestamp[us]", None),
        (["2013-01-01", "2013-02-01T07:00:00"], "timestamp[us]", None),
        (["2013-01-01T10:00:00Z", "2013-01-01T10:00:00+02:00"], "timestamp[us, tz=UTC]", None),
        (["2013-01-01T10:00:00.123456789Z"], "timestamp[ns, tz=UTC]", None),
        (["1", "2013-01-01"], "string", ["1", "2013-01-01"]),
        (["12:00", "13:30"], "string", ["12:00", "13:30"]),
        (["01/02/2013"], "string", ["01/02/2013"]),
        (["2013-02-30"], "string", ["2013-02-30"]),
        (["2013-01-01T10:00:00Z", "2013-01-01T10:00:00"], "string", None),
        (["", ""], "null", [None, None]),
        (["1_000"], "string", ["1_000"]),
        (["naïve", "日本"], "string", ["naïve", "日本"]),
    ],
)
def test_a_type_is_the_narrowest_that_fits_all_values(
    tmp_path: Path, texts: list[str], kind: str, values: list[Any] | None
) -> None:
    table = read(tmp_path, "id,x\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts)))
    assert types(table)["x"] == kind
    if values is not None:
        assert table["x"].to_pylist() == values


def test_a_decimal_comma_is_read_where_it_is_declared(tmp_path: Path) -> None:
    table = read(tmp_path, "id;x\n1;1,5\n2;-2\n", separator=";", decimal=",")
    assert table["x"].to_pylist() == [1.5, -2.0]
    error = refusal(tmp_path, "id,x\n1,1\n", decimal=",")
    assert error.key == "dataset.sources.s.decimal"


def test_a_number_with_a_decimal_comma_that_is_too_large_is_shown(tmp_path: Path) -> None:
    error = refusal(tmp_path, "id;x\n1;1,5e300\n", separator=";", decimal=",")
    assert "x '1,5e300' is too large" in error.message


def test_an_offset_makes_it_a_moment_in_utc(tmp_path: Path) -> None:
    table = read(tmp_path, "t\n2013-01-01T10:00:00+02:00\n")
    assert table["t"].to_pylist() == [datetime(2013, 1, 1, 8, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("early", "late", "kind"),
    [
        ("1", "2.5", "double"),
        ("1", "x", "string"),
        ("", "7", "int64"),
        ("", "2013-01-01", "date32[day]"),
        ("2013-01-01", "2013-01-01T10:00:00", "timestamp[us]"),
        ("2013-01-01T10:00:00", "2013-01-01T10:00:00.25", "timestamp[us]"),
        ("2013-01-01T10:00:00", "2013-01-01T10:00:00.123456789", "timestamp[ns]"),
        ("1", "true", "bool"),
        ("5", "2013-01-01", "string"),
        ("true", "a 'quoted' word", "string"),
        ("0.5", "it's", "string"),
    ],
)
def test_a_value_beyond_the_first_block_counts_as_much(tmp_path: Path, early: str, late: str, kind: str) -> None:
    rows = 300_000  # more than the megabyte that the parser infers types from
    table = read(tmp_path, "id,x\n" + "".join(f"{n},{early}\n" for n in range(rows)) + f"-1,{late}\n")
    assert types(table) == {"id": "int64", "x": kind}
    assert table.num_rows == rows + 1
    assert table["x"].null_count == (rows if early == "" else 0)


def test_null_values_are_those_declared_and_the_empty_field(tmp_path: Path) -> None:
    text = 'a,b,c\n1,NA,"NA"\n,x,""\n2,-,y\n'
    table = read(tmp_path, text, null_values=["NA"])
    assert table.to_pydict() == {"a": [1, None, 2], "b": [None, "x", "-"], "c": [None, None, "y"]}


def test_undeclared_nulls_are_text(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\n1,NA\n2,null\n")["b"].to_pylist() == ["NA", "null"]


def test_declared_types_win(tmp_path: Path) -> None:
    declared = {"zip": "string", "n": "float", "day": "datetime", "ok": "bool"}
    table = read(tmp_path, "zip,n,day,ok\n00501,1,2013-01-01T00:00:00Z,1\n", types=declared)
    assert types(table) == {"zip": "string", "n": "double", "day": "timestamp[us, tz=UTC]", "ok": "bool"}
    assert table["zip"].to_pylist() == ["00501"]


def test_declared_times_may_have_no_offset_or_nanoseconds(tmp_path: Path) -> None:
    assert types(read(tmp_path, "t\n2013-01-01\n", types={"t": "datetime"})) == {"t": "timestamp[us]"}
    precise = read(tmp_path, "t\n2013-01-01T00:00:00.000000001Z\n", types={"t": "datetime"})
    assert types(precise) == {"t": "timestamp[ns, tz=UTC]"}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["", "NEWLINE", "NEWLINENEWLINE"])
def test_line_ends_and_byte_order_marks_are_no_matter(tmp_path: Path, newline: str, mark: str, end: str) -> None:
    text = mark + newline.join(["a,b", "1,x", "2,y"]) + end.replace("NEWLINE", newline)
    assert read(tmp_path, text).to_pydict() == {"a": [1, 2], "b": ["x", "y"]}


def test_quoted_fields_hold_separators_line_breaks_and_quotes(tmp_path: Path) -> None:
    text = 'name,"odd, name"\n"a,b","line\nbreak"\n"say ""hi""",""\n'
    assert read(tmp_path, text).to_pydict() == {"name": ["a,b", 'say "hi"'], "odd, name": ["line\nbreak", None]}


def test_line_breaks_in_quotes_may_come_anywhere(tmp_path: Path) -> None:
    rows = 200_000
    table = read(tmp_path, "a,b\n" + "".join(f'"line\n{n}",{n}\n' for n in range(rows)))
    assert table["b"].to_pylist() == list(range(rows))
    assert table["a"][rows - 1].as_py() == f"line\n{rows - 1}"


def test_a_header_may_have_a_line_break_in_quotes(tmp_path: Path) -> None:
    assert read(tmp_path, '"a\nb",c\n1,2\n').column_names == ["a\nb", "c"]


def test_separator_and_quote_are_as_declared(tmp_path: Path) -> None:
    assert read(tmp_path, "a;b\n'x;y';2\n", separator=";", quote="'").to_pydict() == {"a": ["x;y"], "b": [2]}
    assert read(tmp_path, 'a\tb\n5" pipe\t2\n', separator="\t", quote="").to_pydict() == {"a": ['5" pipe'], "b": [2]}


def test_blanks_are_any_number_of_spaces_and_tabs(tmp_path: Path) -> None:
    text = '  id   x \t name\r\n   1   2.5    "an  old   car"  \r\n\r\n 10\t\t30  van'
    table = read(tmp_path, text, separator="blanks")
    assert table.to_pydict() == {"id": [1, 10], "x": [2.5, 30.0], "name": ["an  old   car", "van"]}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_padding_goes_wherever_the_file_is_cut(size: int) -> None:
    text = b'  1  "a  b"\t\r\n "c  \r\n   d"   2 \r\n\t3    4  '
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    expected = b'1 "a  b"\r\n"c  \r\n   d" 2\r\n3 4'
    assert b"".join(single_blanks(whole_lines(chunks), '"')) == expected


def test_a_ragged_row_between_blanks_is_found(tmp_path: Path) -> None:
    error = refusal(tmp_path, "  a   b\n  1   2\n  3\n", separator="blanks")
    assert "1.csv:3: 1 field for 2 columns" in error.message
    assert "blanks" in error.remedy


def test_a_quote_inside_an_unquoted_field_is_text(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n5" pipe,1\n6" pipe,2\n')["a"].to_pylist() == ['5" pipe', '6" pipe']


def test_a_file_without_header_has_declared_columns(tmp_path: Path) -> None:
    table = read(tmp_path, "1 x\n2 y\n", separator=" ", header=False, columns=["n", "s"])
    assert table.to_pydict() == {"n": [1, 2], "s": ["x", "y"]}


def test_rows_at_the_top_are_skipped(tmp_path: Path) -> None:
    assert read(tmp_path, 'about,"this\nfile",x\na,b\n1,2\n', skip_rows=2).to_pydict() == {"a": [1], "b": [2]}


def test_an_empty_line_is_a_missing_value_where_there_is_one_column(tmp_path: Path) -> None:
    assert read(tmp_path, "a\n1\n\n3\n")["a"].to_pylist() == [1, None, 3]


def test_several_files_are_one_table_with_common_types(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n1,x\n2,y", "a,b\r\n3.5,z\r\n")
    assert table.to_pydict() == {"a": [1.0, 2.0, 3.5], "b": ["x", "y", "z"]}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "latin-1", "utf-8-sig", "shift_jis"])
def test_other_encodings_are_decoded(tmp_path: Path, encoding: str) -> None:
    word = "ソース表" if encoding == "shift_jis" else "café"
    text = "név,x\n".replace("é", "e") + "".join(f"{word}{n},{n}\n" for n in range(200_000))
    table = read(tmp_path, text.encode(encoding), encoding=encoding)
    assert table["nev"].to_pylist()[199_999] == f"{word}199999"


def test_zip_and_gzip_are_unpacked(tmp_path: Path) -> None:
    assert read(tmp_path, zipped({"x.csv": "a,b\n1,2\n"}), suffix=".zip").to_pydict() == {"a": [1], "b": [2]}
    assert read(tmp_path, gzip.compress(b"a,b\n1,2\n"), suffix=".csv.gz").to_pydict() == {"a": [1], "b": [2]}


def test_what_a_mac_adds_to_a_zip_does_not_count(tmp_path: Path) -> None:
    archive = zipped({"x.csv": "a,b\n1,2\n", "__MACOSX/._x.csv": "junk"})
    assert read(tmp_path, archive, suffix=".zip").num_rows == 1


def test_a_field_larger_than_a_block_is_read_whole(tmp_path: Path) -> None:
    table = read(tmp_path, f'a,b\n1,"{"x" * 3_000_000}"\n2,y\n')
    assert [len(text) for text in table["b"].to_pylist()] == [3_000_000, 1]


def zipped(members: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


# --- what is refused, and where ---


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,c\n1,2,3\n4,5\n6,7,8\n", "1.csv:3: 2 fields for 3 columns (from c on there is nothing): 4,5"),
        ("a,b\n1,2\n3,4,5\n", "1.csv:3: 3 fields for 2 columns: 3,4,5"),
        ("a,b\n1,2\n3,4,\n", "1.csv:3: 3 fields"),
        ("a,b\n1,2\n3", "1.csv:3: 1 field for 2 columns"),
        ('a,b\n1,"x\ny"\n\n3\n', "1.csv:5: 1 field"),
        ('a,b\n1,2\n3,"4\n5,6\n', "1.csv:3: the quote that opens in this row is never closed"),
        ('a,b\n1,2\n3,"4', "1.csv:3: the quote that opens in this row is never closed"),
        ('a\n1\n"4\n5\n', "1.csv:3: the quote that opens in this row is never closed"),
        ('a,b\n1,2\n3,"4\n5,"6\n7,8\n', "1.csv:3: the row's quoting is broken"),
        ('a,b\n"Big" Al,2\n', "1.csv:2: the row's quoting is broken"),
        ('a,b,c\n1,"2,3\n4,5,6\n7,8",9\n10,11\n', "1.csv:5: 2 fields"),
        ("a;b\n1;2\n1,5;2\n", "1.csv:3: 2 fields for 1 column"),
        ("a,b\n1;2\n", "1.csv:2: 1 field for 2 columns"),
        ("x,x\n1,2\n", "1.csv:1: two columns are named x"),
        ("x,X\n1,2\n", "1.csv:1: two columns are named X"),
        (",x\n1,2\n", "1.csv:1: column 1 has no name"),
        ("\n1,2\n", "1.csv:1: there is no header"),
        ("", "1.csv is empty"),
        ("a,b\n", "1.csv has a header and no rows"),
        ("a,b", "1.csv has a header and no rows"),
        ("a,b\n\n\n", "1.csv has a header and no rows"),
        ("a,b\n1,NaN\n2,1.5\n", "1.csv:2: b 'NaN' is no number"),
        ("a,b\n1,1.5\n2,-inf\n", "1.csv:3: b '-inf' is no number"),
        ("a,b\n1,1.5\n2,1e999\n", "1.csv:3: b '1e999' is no number"),
        ("a,b\n1,1\n2,12345678901234567890\n", "1.csv:3: b '12345678901234567890' is too large to be kept exactly"),
    ],
)
def test_a_fault_is_placed(tmp_path: Path, text: str, message: str) -> None:
    assert f"source s: {message}" in refusal(tmp_path, text).message


def test_a_fault_far_down_is_placed_by_its_physical_line(tmp_path: Path) -> None:
    good = '"x\ny",1\n' * 200_000
    error = refusal(tmp_path, f"skip me\na,b\n{good}only one\n", skip_rows=1)
    assert "1.csv:400003: 1 field" in error.message


def test_a_fault_in_a_large_file_is_found_in_seconds(tmp_path: Path) -> None:
    start = time.perf_counter()
    text = "a,b\n" + "naïve and more text of that kind,1\n" * 1_000_000 + "x\n"
    assert "1.csv:1000002" in refusal(tmp_path, text).message
    assert time.perf_counter() - start < 20


def test_an_open_quote_says_how_far_it_reaches(tmp_path: Path) -> None:
    text = 'a,b\n1,"2\n3,4\n5,"6"\n7,8\n'
    assert "1.csv:2: " in refusal(tmp_path, text).message


def test_the_fault_is_in_the_second_file(tmp_path: Path) -> None:
    assert "2.csv:3: 1 field" in refusal(tmp_path, "a,b\n1,2\n", "a,b\n1,2\n3\n").message
    assert "1.csv:2: the quote" in refusal(tmp_path, 'a,b\n1,"2\n', "a,b\n1,2\n").message


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("a,c\n1,2\n", "2.csv has other columns than 1.csv: it also has c; it lacks b"),
        ("b,a\n1,2\n", "2.csv has other columns than 1.csv: they are in another order"),
        ("a,b\n", "2.csv has a header and no rows"),
    ],
)
def test_files_of_one_source_have_one_header(tmp_path: Path, second: str, message: str) -> None:
    assert message in refusal(tmp_path, "a,b\n1,2\n", second).message


@pytest.mark.parametrize(
    ("kind", "good", "bad", "meant"),
    [
        ("int", "1", "1.5", "whole number"),
        ("int", "1", "9223372036854775808", "whole number"),
        ("float", "1.5", "x", "number"),
        ("bool", "true", "yes", "true or false"),
        ("date", "2013-01-01", "01/02/2013", "date as in 2013-12-31"),
        ("date", "2013-01-01", "2013-01-01T10:00:00", "date as in 2013-12-31"),
        ("datetime", "2013-01-01T10:00:00Z", "2013-01-01T10:00:00", "time as in 2013-12-31T06:00:00Z"),
        ("datetime", "2013-01-01T10:00:00Z", "soon", "time as in 2013-12-31T06:00:00Z"),
    ],
)
def test_a_value_that_its_declared_type_does_not_fit_is_placed(
    tmp_path: Path, kind: str, good: str, bad: str, meant: str
) -> None:
    error = refusal(tmp_path, f"id,x\n1,{good}\n2,\n3,{bad}\n", types={"x": kind})
    assert f"1.csv:4: x '{bad}' is not a {meant}" in error.message
    assert error.key == "dataset.sources.s.types.x"


def test_bytes_of_another_encoding_are_placed(tmp_path: Path) -> None:
    content = "a,b\n1,\n2,café\n".encode("latin-1")
    error = refusal(tmp_path, content)
    assert "1.csv:3: byte 0xe9 is no utf-8" in error.message
    assert "encoding: cp1252" in error.remedy
    assert "1.csv:3" in refusal(tmp_path, content, types={"b": "string"}).message
    assert "1.csv:3: byte" in refusal(tmp_path, content, types={"b": "int"}).message
    assert "1.csv:1" in refusal(tmp_path, "café,b\n1,2\n".encode("latin-1")).message


def test_bytes_that_a_declared_encoding_lacks_are_an_error(tmp_path: Path) -> None:
    assert "1.csv:3: " in refusal(tmp_path, b"a,b\n1,x\n2,\x81\n", encoding="cp1252").message
    assert "1.csv:" in refusal(tmp_path, b"a,b\n1,2\n", encoding="utf-16").message


@pytest.mark.parametrize(
    ("content", "suffix", "message"),
    [
        (gzip.compress(b"a,b\n" + b"1,2\n" * 500_000, mtime=0)[:-9], ".csv.gz", "1.csv.gz is damaged or cut short"),
        (b"a,b\n1,2\n", ".csv.gz", "1.csv.gz is damaged or cut short"),
        (b"a,b\n1,2\n", ".zip", "1.zip is damaged or cut short"),
        (zipped({"x.csv": "a\n1\n", "y.csv": "a\n1\n"}), ".zip", "1.zip holds 2 files: x.csv, y.csv"),
        (zipped({}), ".zip", "1.zip holds 0 files"),
    ],
)
def test_a_damaged_archive_is_an_error(tmp_path: Path, content: bytes, suffix: str, message: str) -> None:
    assert message in refusal(tmp_path, content, suffix=suffix).message


def test_a_flipped_bit_in_a_zip_is_noticed(tmp_path: Path) -> None:
    content = bytearray(zipped({"x.csv": "a,b\n" + "".join(f"{n},{n * n}\n" for n in range(50_000))}))
    content[len(content) // 2] ^= 1
    refusal(tmp_path, bytes(content), suffix=".zip")


@pytest.mark.parametrize(
    ("declared", "key", "message"),
    [
        ({"types": {"aa": "int"}}, "types.aa", "there is no column aa"),
        ({"time_column": "tim"}, "time_column", "there is no column tim"),
        ({"row_number": "a"}, "row_number", "there already is a column a"),
        ({"separator": ";;"}, "separator", "';;' is not one ASCII character"),
        ({"separator": "é"}, "separator", "is not one ASCII character"),
        ({"quote": "''"}, "quote", "is not one ASCII character"),
        ({"encoding": "klingon"}, "encoding", "there is no encoding 'klingon'"),
        ({"encoding": "hex"}, "encoding", "there is no encoding 'hex'"),
        ({"columns": ["a", "b"]}, "columns", "although the file has a header"),
        ({"header": False}, "columns", "a file without a header needs names"),
    ],
)
def test_a_wrong_declaration_points_at_its_key(
    tmp_path: Path, declared: dict[str, Any], key: str, message: str
) -> None:
    error = refusal(tmp_path, "a,time\n1,2013-01-01\n", **declared)
    assert message in error.message
    assert error.key == f"dataset.sources.s.{key}"


def test_a_wrong_column_suggests_the_right_one(tmp_path: Path) -> None:
    assert "did you mean time?" in refusal(tmp_path, "a,time\n1,2013-01-01\n", time_column="tim").remedy


def test_long_rows_are_cut_in_messages(tmp_path: Path) -> None:
    assert len(refusal(tmp_path, "a,b\n" + "x" * 10_000 + "\n").message) < 300


field_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(field_text, field_text), min_size=1, max_size=8), block=st.sampled_from([1 << 20, 64, 7])
)
def test_whatever_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], block: int
) -> None:
    import csv

    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_module, "_BLOCK", block)
        table = read(tmp_path_factory.mktemp("csv"), text.getvalue(), types={"a": "string", "b": "string"})
    assert list(zip(*table.to_pydict().values(), strict=True)) == [tuple(f or None for f in row) for row in rows]


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_an_archive_that_swells_without_end_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: str
) -> None:
    monkeypatch.setattr("headrace.data.csv_bytes._ALWAYS_FINE", 1 << 20)
    monkeypatch.setattr("headrace.data.csv_bytes._MOST_RATIO", 100)
    bomb = b"a,b\n" + b"1,2\n" * 2_000_000
    if pack == "gzip":
        error = refusal(tmp_path, gzip.compress(bomb), suffix=".csv.gz")
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("../../x.csv", bomb)
        error = refusal(tmp_path, packed.getvalue(), suffix=".csv.zip")
    assert "unpacks to more than 100 times its size" in error.message


def test_a_members_name_is_no_path(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../escaped.csv", b"a,b\n1,2\n")
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    assert read(folder, packed.getvalue(), suffix=".csv.zip").to_pydict() == {"a": [1], "b": [2]}
    assert not list(tmp_path.rglob("escaped.csv"))
