"""Input columns as the model learned them: numbers as floats, categories as text, missing as NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


class InputError(ValueError):
    """A table that the model cannot score; `columns` names the columns at fault."""

    def __init__(self, message: str, columns: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.columns = tuple(columns)


def typed_columns(
    frame: pd.DataFrame, numeric: Sequence[str], categorical: Sequence[str], dtypes: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The features of a table, numeric ones first: float64 columns, and object columns of text; NaN where missing.

    Other columns are left out and the order of columns does not matter. Numbers, booleans and dates may be
    categories: `5`, `5.0` and `"5"` are the same one, and so are `true` and the text `"True"` in a column that
    training knew as `boolean` (`dtypes` says so). Raises InputError for a column that is missing, text in a numeric
    column, and values that are neither numbers nor text.
    """
    missing = [name for name in (*numeric, *categorical) if name not in frame.columns]
    if missing:
        raise InputError(f"columns are missing: {', '.join(missing)}", missing)
    columns: dict[str, npt.NDArray[Any]] = {name: _numbers(name, frame[name]) for name in numeric}
    for name in categorical:
        columns[name] = _categories(name, frame[name], (dtypes or {}).get(name, "string"))
    return pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in columns.items()})


def category_text(value: Any, dtype: str = "string") -> str:
    """The text that stands for a category: equal values have equal text, whatever type they came in.

    `dtype` is the column's type in training: text from a file without types is read as that.
    """
    if isinstance(value, str):
        return _reread(value, dtype)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating | Decimal):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a value of type {type(value).__name__} is no category")


def _reread(text: str, dtype: str) -> str:
    if dtype == "boolean" and text.lower() in ("true", "false"):
        return text.lower()
    if dtype in ("long", "double"):
        try:
            return category_text(float(text))
        except ValueError:
            return text
    return text


def _numbers(name: str, column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    values = _floats(name, column)
    if np.isinf(values).any():
        raise InputError(f"column {name!r} holds an infinite number", [name])
    return values


def _floats(name: str, column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    kind = getattr(column.dtype, "kind", "O")
    if kind in "biuf":
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if column.isna().all():
        return np.full(len(column), np.nan)
    return np.fromiter((_number(name, value) for value in column), np.float64, len(column))


def _number(name: str, value: Any) -> float:
    """One value of a column without a numeric type: JSON with gaps, decimals, categoricals."""
    if isinstance(value, int | float | Decimal | np.number | np.bool_) and not isinstance(value, np.complexfloating):
        return float(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return np.nan
    raise InputError(f"column {name!r} must hold numbers, and holds {_described(value)}", [name])


def _categories(name: str, column: pd.Series[Any], dtype: str) -> npt.NDArray[np.object_]:
    try:
        codes, values = pd.factorize(column)
        texts = [category_text(value, dtype) for value in values]
    except TypeError as error:
        raise InputError(f"column {name!r} must hold text, numbers or booleans: {error}", [name]) from error
    return np.array([*texts, np.nan], dtype=object)[codes]  # a missing value has code -1: the last one


def _described(value: Any) -> str:
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return f"a value of type {type(value).__name__}"
