from __future__ import annotations

import json
from decimal import Decimal

import pandas as pd
from sklearn.linear_model import Ridge
from xgboost import XGBClassifier

from headrace.config.schema.modelling import Features
from headrace.models.card import EXAMPLE_ROWS, input_dtypes, input_example, requirements, scalar_params

FEATURES = Features(numeric=("hour", "temp", "price", "cancelled"), categorical=("gate", "carrier"))
FRAME = pd.DataFrame(
    {
        "carrier": [None, "UA", "AA"] * 10,
        "gate": [1, 2, 3] * 10,
        "hour": [5, 6, 7] * 10,
        "temp": [1.5, None, 2.5] * 10,
        "price": [Decimal("1.5"), Decimal(2), Decimal(3)] * 10,
        "cancelled": [True, False, True] * 10,
        "late": [True, False, True] * 10,
    }
)
DTYPES = {
    "hour": "long",
    "temp": "double",
    "price": "double",
    "cancelled": "boolean",
    "gate": "long",
    "carrier": "string",
}


def test_columns_have_mlflows_types_in_the_models_order() -> None:
    dtypes = input_dtypes(FRAME, FEATURES)
    assert list(dtypes.items()) == list(DTYPES.items())
    gaps = FRAME.assign(hour=[5, None, 7] * 10)
    assert input_dtypes(gaps, FEATURES)["hour"] == "double"


def test_the_example_has_complete_rows_where_there_are_any() -> None:
    example = input_example(FRAME, DTYPES)
    assert len(example) == EXAMPLE_ROWS
    first = {"hour": 7, "temp": 2.5, "price": 3.0, "cancelled": True, "gate": 3, "carrier": "AA"}
    assert example[0] == first
    assert json.loads(json.dumps(example[0])) == first
    assert input_example(FRAME.head(1), DTYPES)[0]["carrier"] is None


def test_params_are_scalars_and_declared_nulls() -> None:
    params = scalar_params(XGBClassifier(max_depth=3, feature_types=["q"]), ("max_depth", "gamma"))
    assert params["max_depth"] == 3
    assert params["gamma"] is None
    assert params["objective"] == "binary:logistic"
    assert "subsample" not in params, "an undeclared null says nothing"
    assert "missing" not in params, "NaN is no JSON"
    assert "feature_types" not in params
    assert scalar_params(Ridge(), ())["alpha"] == 1.0


def test_requirements_are_pinned_to_what_is_installed() -> None:
    import sklearn
    import xgboost

    assert f"xgboost=={xgboost.__version__}" in requirements(XGBClassifier())
    assert f"scikit-learn=={sklearn.__version__}" in requirements(Ridge())
    assert not any(line.startswith("xgboost") for line in requirements(Ridge()))
