from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from xgboost import XGBClassifier

from headrace.config.schema.modelling import Features, Preprocessing
from headrace.errors import DataError, ModelError
from headrace.models.assembly import MISSING_CODE, assemble, check_missing, distinct_feature_names
from headrace_features.columns import typed_columns

FEATURES = Features(numeric=("hour", "wind"), categorical=("carrier", "gate"))
ORDINAL = {"categorical": {"encode": "ordinal"}}


def inputs(**changes: object) -> pd.DataFrame:
    columns = {
        "hour": [5, 6, 7, 8],
        "wind": [0.0, np.nan, 10.0, 20.0],
        "carrier": ["UA", "AA", "UA", None],
        "gate": [1, 2, 1, 1],
    }
    return typed_columns(pd.DataFrame({**columns, **changes}), FEATURES.numeric, FEATURES.categorical)


def matrix(estimator: object, preprocessing: dict[str, object], frame: pd.DataFrame | None = None) -> object:
    """What the estimator would see of `frame`, the columns having learned from `inputs()`."""
    columns = assemble(FEATURES, Preprocessing.model_validate(preprocessing), estimator).named_steps["features"]
    columns.fit(inputs())
    return columns.transform(inputs() if frame is None else frame)


def test_ordinal_codes_and_numbers_as_they_are() -> None:
    expected = [[5, 0, 1, 0], [6, np.nan, 0, 1], [7, 10, 1, 0], [8, 20, np.nan, 0]]
    np.testing.assert_array_equal(matrix(XGBClassifier(), ORDINAL), expected)


def test_native_categories_are_told_to_the_estimator() -> None:
    estimator = HistGradientBoostingClassifier()

    seen = matrix(estimator, {"categorical": {"encode": "native"}})

    np.testing.assert_array_equal(seen, matrix(XGBClassifier(), ORDINAL))
    assert estimator.categorical_features == [False, False, True, True]


def test_native_categories_fit_the_bins() -> None:
    many = inputs()
    many = pd.concat([many] * 200, ignore_index=True).assign(gate=[str(n) for n in range(800)])
    pipeline = assemble(
        FEATURES,
        Preprocessing.model_validate({"categorical": {"encode": "native"}}),
        HistGradientBoostingClassifier(max_iter=2),
    )

    fitted = pipeline.fit(many, [0, 1] * 400)

    assert set(fitted.predict(inputs(gate=["unseen", None, "3", "799"]))) <= {0, 1}


def test_native_categories_need_an_estimator_that_has_them() -> None:
    with pytest.raises(ModelError, match="LogisticRegression has no categories of its own"):
        matrix(LogisticRegression(), {"categorical": {"encode": "native"}})


def test_native_categories_split_as_a_set() -> None:
    """Every other category is late: by their order, one split says nothing."""
    frame = pd.concat([inputs()] * 100, ignore_index=True).assign(hour=0, wind=0.0, carrier="UA")
    frame["gate"] = [str(n % 40) for n in range(400)]
    late = [n % 2 for n in range(400)]
    right = {}
    for encode in ("native", "ordinal"):
        preprocessing = Preprocessing.model_validate({"categorical": {"encode": encode}})
        stump = HistGradientBoostingClassifier(max_iter=1, max_leaf_nodes=2, min_samples_leaf=1)
        right[encode] = assemble(FEATURES, preprocessing, stump).fit(frame, late).score(frame, late)

    assert right["native"] == 1.0
    assert right["ordinal"] < 0.7


def test_unknown_and_missing_categories_have_codes_of_their_own() -> None:
    unseen = inputs(carrier=["XX", None, "UA", "AA"])
    codes = np.asarray(matrix(XGBClassifier(), ORDINAL, unseen))[:, 2]
    np.testing.assert_array_equal(codes, [-1, np.nan, 1, 0])
    filled = {"numeric": {"impute": "median"}, **ORDINAL}
    codes = np.asarray(matrix(LogisticRegression(), filled, unseen))[:, 2]
    np.testing.assert_array_equal(codes, [-1, MISSING_CODE, 1, 0])


def test_one_column_a_category_and_none_for_an_unknown_one() -> None:
    dense = np.asarray(matrix(HistGradientBoostingClassifier(), {}))
    assert dense.shape == (4, 2 + 3 + 2)
    unseen = np.asarray(matrix(HistGradientBoostingClassifier(), {}, inputs(carrier=["XX"] * 4)))
    assert not unseen[:, 2:5].any()


def test_rare_categories_are_one() -> None:
    preprocessing = {"categorical": {"min_frequency": 2}}
    found = np.asarray(matrix(HistGradientBoostingClassifier(), preprocessing))
    assert found.shape == (4, 2 + 2 + 2)
    unseen = np.asarray(matrix(HistGradientBoostingClassifier(), preprocessing, inputs(carrier=["XX"] * 4)))
    np.testing.assert_array_equal(unseen[:, 2:4], [[0, 1]] * 4, "an unknown category is a rare one")


def test_numbers_are_filled_and_scaled() -> None:
    preprocessing = {"numeric": {"impute": "median", "scale": "standard"}, **ORDINAL}
    found = np.asarray(matrix(Ridge(), preprocessing))[:, :2]
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=0), 1)
    scaled = np.asarray(matrix(Ridge(), {"numeric": {"impute": "mean", "scale": "min_max"}, **ORDINAL}))
    np.testing.assert_allclose(scaled[:, 1], [0, 0.5, 0.5, 1])


def test_a_column_without_values_stays() -> None:
    columns = assemble(FEATURES, Preprocessing.model_validate({"numeric": {"impute": "median"}}), Ridge())
    assert columns.named_steps["features"].fit_transform(inputs(wind=[None] * 4)).shape[1] == 7


def test_zeros_stay_zeros_for_xgboost() -> None:
    """XGBoost takes what a sparse matrix leaves out as missing."""
    many = pd.DataFrame({"hour": 0, "wind": 0.0, "carrier": [f"c{i}" for i in range(50)], "gate": "x"})
    frame = typed_columns(many, FEATURES.numeric, FEATURES.categorical)
    for estimator, is_sparse in [(XGBClassifier(), False), (LogisticRegression(), True)]:
        columns = assemble(FEATURES, Preprocessing(), estimator).named_steps["features"]
        assert hasattr(columns.fit_transform(frame), "tocsr") == is_sparse


def test_only_numeric_or_only_categorical_features() -> None:
    for features in (Features(numeric=("hour",)), Features(categorical=("gate",))):
        columns = assemble(features, Preprocessing(), XGBClassifier()).named_steps["features"]
        assert columns.fit_transform(inputs()[list(features.names)]).shape[0] == 4


def test_gaps_that_nothing_fills_are_an_error_with_a_remedy() -> None:
    with pytest.raises(DataError, match=r"wind \(1 of 4 rows\)") as raised:
        check_missing(inputs(), FEATURES, Preprocessing(), LogisticRegression())
    assert raised.value.key == "features.numeric.1"
    assert "model.preprocessing.numeric.impute: median" in raised.value.remedy
    check_missing(inputs(), FEATURES, Preprocessing.model_validate({"numeric": {"impute": "mean"}}), Ridge())
    check_missing(inputs(wind=[1, 2, 3, 4]), FEATURES, Preprocessing(), KNeighborsClassifier())
    for estimator in (XGBClassifier(), HistGradientBoostingClassifier(), RandomForestClassifier()):
        check_missing(inputs(), FEATURES, Preprocessing(), estimator)


def test_names_are_plain_unless_they_collide() -> None:
    for names, expected in [(["a", "b"], ["x_1", "y_a", "y_b"]), (["1"], ["numeric__x_1", "categorical__x_1"])]:
        categorical = "y" if len(names) == 2 else "x"
        features = Features(numeric=("x_1",), categorical=(categorical,))
        frame = typed_columns(pd.DataFrame({"x_1": 1.0, categorical: names}), ["x_1"], [categorical])
        columns = assemble(features, Preprocessing(), XGBClassifier()).named_steps["features"].fit(frame)
        distinct_feature_names(columns)
        assert list(columns.get_feature_names_out()) == expected
