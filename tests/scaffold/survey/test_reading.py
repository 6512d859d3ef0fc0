from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from headrace.config.schema.dataset import CsvSource
from headrace.scaffold.refusal import RefusalError
from headrace.scaffold.survey.reading import SurveyedTable, survey


def _survey(folder: Path, text: str, target: str = "y") -> tuple[CsvSource, pl.DataFrame]:
    path = folder / "table.csv"
    path.write_text(text)
    table: SurveyedTable = survey(path, "csv", target)
    assert isinstance(table.source, CsvSource)
    return table.source, table.frame


def _rows(*values: str, other: str = "1") -> str:
    return "x,y\n" + "".join(f"{value},{other}\n" for value in values)


def test_question_marks_and_their_like_are_gaps_as_they_are_written(tmp_path: Path) -> None:
    source, frame = _survey(tmp_path, _rows("1", "?", " NA", "2.5", "nan", "NULL"))
    assert source.null_values == (" NA", "?", "NULL", "nan")
    assert frame["x"].to_list() == [1, None, None, 2.5, None, None]


def test_a_dash_is_a_gap_among_numbers_and_a_category_among_words(tmp_path: Path) -> None:
    assert _survey(tmp_path, _rows("1", "-", "3"))[1]["x"].to_list() == [1, None, 3]
    source, frame = _survey(tmp_path, _rows("none", "-", "some"))
    assert source.null_values == ("",)
    assert frame["x"].to_list() == ["none", "-", "some"]


@pytest.mark.parametrize("value", ["$1,{}00", "{}%", "{} km", "31.12.20{}"])
def test_a_dash_is_a_gap_among_prices_shares_and_dates(tmp_path: Path, value: str) -> None:
    values = [f'"{value.format(n)}"' for n in range(10, 40)]
    source, _ = _survey(tmp_path, _rows(*values, "-"))
    assert source.null_values == ("-",)


def test_a_label_is_no_gap(tmp_path: Path) -> None:
    text = "x,y\n" + "1,none\n2,some\nnone,none\n4,some\n"
    assert _survey(tmp_path, text)[1]["y"].to_list() == ["none", "some", "none", "some"]


def test_blanks_are_gaps(tmp_path: Path) -> None:
    assert _survey(tmp_path, _rows("1.5", " ", "3"))[1]["x"].to_list() == [1.5, None, 3.0]


def test_a_decimal_comma_is_declared(tmp_path: Path) -> None:
    source, frame = _survey(tmp_path, "x;y\n1,5;1\n-2,25;0\n3;1\n")
    assert (source.separator, source.decimal) == (";", ",")
    assert frame["x"].to_list() == [1.5, -2.25, 3.0]


def test_commas_between_thousands_are_no_decimal_commas(tmp_path: Path) -> None:
    source, frame = _survey(tmp_path, "x;y\n1,500;1\n12,250;0\n3,000;1\n")
    assert source.decimal == "."
    assert frame["x"].dtype == pl.String


def test_codes_with_zeros_in_front_stay_text(tmp_path: Path) -> None:
    source, frame = _survey(tmp_path, _rows("01234", "99999", "00001"))
    assert source.types == {"x": "string"}
    assert frame["x"].to_list() == ["01234", "99999", "00001"]


def test_numbers_too_long_to_be_exact_stay_text(tmp_path: Path) -> None:
    source, _ = _survey(tmp_path, _rows("123456789012345678901", "5"))
    assert source.types == {"x": "string"}


def test_a_file_that_cannot_be_read_exactly_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusalError) as caught:
        _survey(tmp_path, _rows(*map(str, range(1500))) + "1,2,3\n")
    assert caught.value.code == "HR222"
    assert "1502" in caught.value.message
