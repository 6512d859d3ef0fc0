"""`model.json`: what travels with a model so that it can be used without the project that made it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import pandas as pd

from headrace.config.schema.modelling import Features
from headrace_features.columns import category_text

EXAMPLE_ROWS = 5
_DISTRIBUTIONS = {"sklearn": "scikit-learn", "xgboost": "xgboost"}
#: What the scorer and every model file need, whatever the estimator.
_ALWAYS = ("numpy", "pandas", "scikit-learn", "skops")


def input_dtypes(frame: pd.DataFrame, features: Features) -> dict[str, str]:
    """MLflow's name for the type of each feature as the training table has it, numeric features first.

    An integer column with gaps is read as floats, hence `double`: it will have gaps again.
    """
    return {name: _dtype(frame[name], name in features.numeric) for name in features.names}


def input_example(frame: pd.DataFrame, dtypes: Mapping[str, str]) -> list[dict[str, Any]]:
    """A few training rows as JSON, complete ones if there are any."""
    columns = frame[list(dtypes)]
    complete = columns.head(1_000).dropna()
    rows = (complete if len(complete) else columns).head(EXAMPLE_ROWS)
    return [
        {name: _json_value(value, dtypes[name]) for name, value in zip(dtypes, row, strict=True)}
        for row in rows.itertuples(index=False, name=None)
    ]


def scalar_params(estimator: Any, declared: Sequence[str]) -> dict[str, str | int | float | bool | None]:
    """The parameters that took effect and are plain values; null ones only where the YAML lists them."""
    params = estimator.get_params(deep=False)
    return {name: value for name, value in params.items() if _is_scalar(value) or (value is None and name in declared)}


def requirements(estimator: Any) -> list[str]:
    """Pinned distributions that a process needs to load and run the model."""
    root = type(estimator).__module__.partition(".")[0]
    own = _DISTRIBUTIONS.get(root) or next(iter(metadata.packages_distributions().get(root, ())), None)
    names = sorted({*_ALWAYS, *([own] if own else ())})
    return [f"{name}=={metadata.version(name)}" for name in names]


def _dtype(column: pd.Series[Any], is_numeric: bool) -> str:
    kind = getattr(column.dtype, "kind", "O")
    found = {"b": "boolean", "i": "long", "u": "long", "f": "double"}.get(kind)
    return found or ("double" if is_numeric else "string")


def _json_value(value: Any, dtype: str) -> Any:
    if pd.isna(value):
        return None
    match dtype:
        case "boolean":
            return bool(value)
        case "long":
            return int(value)
        case "double":
            return float(value)
    return category_text(value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))
