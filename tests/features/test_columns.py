from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace_features.columns import InputError, category_text, typed_columns

NUMBERS = {
    "integers": pd.Series([1, 2, 3], dtype="int8"),
    "floats": pd.Series([1, 2, 3], dtype="float32"),
    "booleans": pd.Series([True, False, True]),
    "nullable integers": pd.Series([1, None, 3], dtype="Int64"),
    "nullable booleans": pd.Series([True, None, False], dtype="boolean"),
    "arrow integers": pd.Series([1, None, 3], dtype="int64[pyarrow]"),
    "objects with gaps": pd.Series([1, None, 2.5], dtype=object),
    "pandas' missing": pd.Series([1, pd.NA, np.nan], dtype=object),
    "decimals": pd.Series([Decimal("1.5"), None, Decimal(2)], dtype=object),
    "numbers as categories": pd.Series([1, 2, None], dtype="category"),
    "nothing": pd.Series([None, None, None], dtype=object),
    "nothing, as text": pd.Series([None, None, None], dtype="str"),
}


@pytest.mark.parametrize("column", NUMBERS.values(), ids=NUMBERS.keys())
def test_whatever_holds_numbers_becomes_float64(column: pd.Series) -> None:
    typed = typed_columns(column.to_frame("x"), ["x"], [])["x"]
    assert typed.dtype == np.float64
    expected = [np.nan if pd.isna(value) else float(value) for value in column]
    np.testing.assert_array_equal(typed.to_numpy(), expected)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["1", "2"], "the text '1'"),
        ([1, "n/a"], "the text 'n/a'"),
        (pd.to_datetime(["2013-01-01"]), "Timestamp"),
        ([1 + 2j], "complex"),
        ([1.0, np.inf], "infinite"),
        ([[1], [2]], "list"),
    ],
)
def test_what_is_no_number_is_an_error_that_names_the_column(values: object, words: str) -> None:
    with pytest.raises(InputError, match=r"'temp'.*" + words) as raised:
        typed_columns(pd.DataFrame({"temp": values}), ["temp"], [])
    assert raised.value.columns == ("temp",)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([5, 7, 5]),
        pd.Series([5.0, 7.0, 5.0]),
        pd.Series(["5", "7", "5"]),
        pd.Series(["5", "7", "5"], dtype=object),
        pd.Series([5, "7", 5.0], dtype=object),
        pd.Series(["5", "7", "5"], dtype="category"),
        pd.Series([5, 7, 5], dtype="Int64"),
        pd.Series([Decimal(5), Decimal(7), Decimal(5)]),
    ],
    ids=lambda column: str(column.dtype),
)
def test_equal_categories_are_one_whatever_their_type(column: pd.Series) -> None:
    typed = typed_columns(column.to_frame("gate"), [], ["gate"])["gate"]
    assert typed.dtype == object
    assert typed.tolist() == ["5", "7", "5"]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
@pytest.mark.parametrize("dtype", [object, "str", "category"])
def test_a_missing_category_is_nan(missing: object, dtype: object) -> None:
    typed = typed_columns(pd.DataFrame({"gate": pd.Series(["a", missing], dtype=dtype)}), [], ["gate"])["gate"]
    assert typed[0] == "a"
    assert isinstance(typed[1], float)
    assert np.isnan(typed[1])


def test_booleans_and_dates_may_be_categories() -> None:
    frame = pd.DataFrame({"a": [True, False], "b": [datetime.date(2013, 1, 2), None], "c": pd.Series([True, None])})
    typed = typed_columns(frame, [], ["a", "b", "c"])
    assert typed["a"].tolist() == ["true", "false"]
    assert typed["b"][0] == "2013-01-02"
    assert typed["c"][0] == "true"


@pytest.mark.parametrize(
    ("texts", "dtype", "expected"),
    [
        (["True", "FALSE", "maybe"], "boolean", ["true", "false", "maybe"]),
        (["5", "5.0", "x", "nan"], "long", ["5", "5", "x", "nan"]),
        (["True", "5.0"], "string", ["True", "5.0"]),
    ],
)
def test_text_is_read_as_the_type_that_training_knew(texts: list[str], dtype: str, expected: list[str]) -> None:
    typed = typed_columns(pd.DataFrame({"x": texts}), [], ["x"], {"x": dtype})["x"]
    assert typed.tolist() == expected


def test_a_list_is_no_category() -> None:
    with pytest.raises(InputError, match="'gate'"):
        typed_columns(pd.DataFrame({"gate": [["a"], ["b"]]}), [], ["gate"])


def test_all_missing_columns_are_named_and_others_are_left_out() -> None:
    frame = pd.DataFrame({"carrier": ["UA"], "noise": [1], "hour": [5]})
    with pytest.raises(InputError, match="temp, dest") as raised:
        typed_columns(frame, ["hour", "temp"], ["carrier", "dest"])
    assert raised.value.columns == ("temp", "dest")
    assert list(typed_columns(frame, ["hour"], ["carrier"])) == ["hour", "carrier"]


def test_no_rows_keep_their_types() -> None:
    typed = typed_columns(pd.DataFrame({"hour": [], "carrier": []}), ["hour"], ["carrier"])
    assert typed.dtypes.tolist() == [np.float64, object]


SCALARS = st.one_of(
    st.none(), st.text(max_size=3), st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6), st.just(float("nan"))
)


@settings(deadline=None)
@given(st.lists(SCALARS, min_size=1, max_size=8))
def test_a_row_is_typed_the_same_alone_as_among_others(values: list[object]) -> None:
    together = typed_columns(pd.DataFrame({"x": pd.Series(values, dtype=object)}), [], ["x"])["x"]
    alone = [typed_columns(pd.DataFrame({"x": [value]}), [], ["x"])["x"][0] for value in values]
    pd.testing.assert_series_equal(together, pd.Series(alone, dtype=object), check_names=False)


@settings(deadline=None)
@given(st.integers(-(2**53), 2**53))
def test_an_integer_and_the_float_that_equals_it_have_one_text(value: int) -> None:
    assert category_text(value) == category_text(float(value)) == str(value)
