from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from headrace.scaffold.refusal import RefusalError
from headrace.scaffold.survey.file_kind import kind_of_file, looks_utf16


def test_text_and_parquet_are_tables(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a,b\n1,2\n")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "no_suffix")
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write("a,b\n1,2\n")

    assert kind_of_file(tmp_path / "a.txt") == "csv"
    assert kind_of_file(tmp_path / "no_suffix") == "parquet"
    assert kind_of_file(tmp_path / "a.csv.gz") == "csv"


@pytest.mark.parametrize(
    ("content", "what", "remedy"),
    [
        (b"", "is empty", "export it again"),
        (b"  \n\n", "is empty", "export it again"),
        (b"<!DOCTYPE html><html></html>", "a web page", "login page"),
        (b'{"a": 1}', "is JSON", "CSV or Parquet"),
        (b"[{}]", "is JSON", "CSV or Parquet"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel", "save the sheet"),
        (b"%PDF-1.4", "a PDF", "export the table"),
        (b"\x00\x01\x02binary\x00" * 30, "is binary", "export the table"),
        (b"\x1f\x8b\x08rest", "its name does not say so", "rename it to file.csv.gz"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path, content: bytes, what: str, remedy: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    with pytest.raises(RefusalError, match=what) as caught:
        kind_of_file(path)

    assert caught.value.code == "HR221"
    assert caught.value.exit_code == 2
    assert remedy in caught.value.remedy


def test_an_excel_file_and_an_archive_of_several_files_are_told_apart(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "")
        archive.writestr("[Content_Types].xml", "")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "a,b\n")
        archive.writestr("b.csv", "a,b\n")

    with pytest.raises(RefusalError, match="an Excel file"):
        kind_of_file(tmp_path / "book.xlsx")
    with pytest.raises(RefusalError, match="holds 2 files"):
        kind_of_file(tmp_path / "two.zip")


def test_a_misspelt_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("a\n")

    with pytest.raises(RefusalError, match="there is no file") as caught:
        kind_of_file(tmp_path / "custmers.csv")

    assert "customers.csv" in caught.value.remedy


def test_utf16_is_known_with_and_without_its_mark() -> None:
    text = "name;wert\n" * 20
    assert looks_utf16(text.encode("utf-16")) == "utf-16"
    assert looks_utf16(text.encode("utf-16-le")) == "utf-16-le"
    assert looks_utf16(text.encode()) == ""
