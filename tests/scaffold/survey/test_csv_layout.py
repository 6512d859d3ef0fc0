from __future__ import annotations

from pathlib import Path

import pytest

from headrace.scaffold.refusal import RefusalError
from headrace.scaffold.survey.csv_layout import Layout, layout_of

ROWS = [[str(number), f"{number / 7:.2f}", "blue" if number % 2 else "red"] for number in range(40)]


def _layout(folder: Path, text: str | bytes, target: str = "colour") -> Layout:
    path = folder / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return layout_of(path, target)


def _text(separator: str = ",", header: str | None = "n,size,colour") -> str:
    lines = [separator.join(row) for row in ROWS]
    return "\n".join([*([header.replace(",", separator)] if header else []), *lines]) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " ", "~"])
def test_the_separator_is_the_one_that_parts_every_line_alike(tmp_path: Path, separator: str) -> None:
    found = _layout(tmp_path, _text(separator))

    assert found.separator == separator
    assert found.has_header
    assert found.names == ("n", "size", "colour")
    assert found.skip_rows == 0


def test_semicolons_win_over_decimal_commas(tmp_path: Path) -> None:
    text = "a;b;c\n" + "\n".join(f"{n},5;{n},25;{n % 2}" for n in range(30))
    assert _layout(tmp_path, text).separator == ";"


def test_commas_inside_quotes_part_nothing(tmp_path: Path) -> None:
    text = "name,n\n" + "\n".join(f'"Doe, J. {n}",{n}' for n in range(30))
    found = _layout(tmp_path, text)
    assert (found.separator, found.quote, found.names) == (",", '"', ("name", "n"))


def test_single_quotes_are_seen(tmp_path: Path) -> None:
    text = "name,n\n" + "\n".join(f"'Doe, J. {n}',{n}" for n in range(30))
    assert _layout(tmp_path, text).quote == "'"


@pytest.mark.parametrize("separator", [",", "\t", "  "])
def test_names_alone_may_be_in_single_quotes(tmp_path: Path, separator: str) -> None:
    head = separator.join(f"'{name}'" for name in ("n", "size", "colour"))
    found = _layout(tmp_path, f"{head}\n{_text(separator, header=None)}")
    assert (found.quote, found.names) == ("'", ("n", "size", "colour"))


def test_an_apostrophe_below_keeps_single_quotes_from_quoting(tmp_path: Path) -> None:
    head = "'n','size','colour'\n"
    assert _layout(tmp_path, f"{head}{_text(header=None)}'t,1,2\n").quote == '"'


@pytest.mark.parametrize(
    ("encoding", "found"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")]
)
def test_the_encoding_decodes_the_whole_file(tmp_path: Path, encoding: str, found: str) -> None:
    text = _text().replace("blue", "größe")
    assert _layout(tmp_path, text.encode(encoding)).encoding == found


def test_bytes_that_cp1252_lacks_are_latin_1(tmp_path: Path) -> None:
    layout = _layout(tmp_path, _text().encode() + b"1,2,\x81\xe9\n")
    assert layout.encoding == "latin-1"
    assert any("guess" in note for note in layout.notes)


def test_lines_above_the_table_are_left_out(tmp_path: Path) -> None:
    found = _layout(tmp_path, f"Report, made today\nby somebody\n\n{_text()}")
    assert (found.skip_rows, found.names) == (3, ("n", "size", "colour"))
    assert any("3 lines" in note for note in found.notes)


def test_a_file_without_header_gets_names_by_place(tmp_path: Path) -> None:
    found = _layout(tmp_path, _text(header=None), "column_3")
    assert found.names == ("column_1", "column_2", "column_3")
    assert not found.has_header
    assert found.skip_rows == 0


def test_names_that_cannot_be_read_are_replaced_below_the_header(tmp_path: Path) -> None:
    found = _layout(tmp_path, _text(header=",size,Size"))
    assert (found.names, found.skip_rows, found.has_header) == (("row", "size", "Size_2"), 1, False)


def test_a_header_that_is_one_name_short_leaves_the_rows_names(tmp_path: Path) -> None:
    found = _layout(tmp_path, "\n".join(["size,colour", *(",".join(row) for row in ROWS)]))
    assert (found.names, found.skip_rows) == (("row_name", "size", "colour"), 1)


def test_a_ragged_file_is_refused_at_its_line(tmp_path: Path) -> None:
    lines = [",".join(row) for row in ROWS]
    text = "\n".join(["n,size,colour", *lines[:5], *(f"{line},more" for line in lines[5:20]), *lines])
    with pytest.raises(RefusalError, match=r"table.csv:7 has 4 fields, and most lines have 3") as caught:
        _layout(tmp_path, text)
    assert caught.value.code == "HR222"


@pytest.mark.parametrize("row", ["{0:>6}   {1:8.3f} {2:>12}", "{0:<6}{1:<12.3f} {2}", "{0:>6} {1:8.3f}\t{2:<9}"])
def test_padded_columns_are_set_apart_by_blanks(tmp_path: Path, row: str) -> None:
    text = "\n".join(row.format(n, n**2 / 3, "blue" if n % 3 else '"dark red"') for n in range(60))
    found = _layout(tmp_path, text)

    assert (found.separator, found.has_header, found.names) == (
        "blanks",
        False,
        ("column_1", "column_2", "column_3"),
    )


def test_text_in_a_table_of_tabs_may_have_spaces(tmp_path: Path) -> None:
    text = "n\ttext\n" + "\n".join(f"{n}\tis  {n}" for n in range(60))
    assert _layout(tmp_path, text).separator == "\t"
