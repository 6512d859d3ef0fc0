"""The scikit-learn pipeline of a model: its columns prepared as declared, then the estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.utils import get_tags

from headrace.config.schema.modelling import CategoricalPreprocessing, Features, NumericPreprocessing, Preprocessing
from headrace.errors import DataError, ModelError
from headrace.models.estimators import class_path, is_hist_gradient_boosting
from headrace.models.table import feature_key

#: What an ordinal code says of a category that training never saw, and of a missing one where NaN is not allowed.
UNKNOWN_CODE = -1
MISSING_CODE = -2


def assemble(features: Features, preprocessing: Preprocessing, estimator: Any) -> Pipeline:
    """The unfitted pipeline: a ColumnTransformer named `features`, then `estimator`.

    Raises ModelError if categories are to be native and the estimator knows no categories.
    """
    transformers: list[tuple[str, Any, list[str]]] = []
    if features.numeric:
        transformers.append(("numeric", _numeric(preprocessing.numeric), list(features.numeric)))
    if features.categorical:
        if preprocessing.categorical.encode == "native":
            _tell_categories(estimator, len(features.numeric), len(features.categorical))
        encoder = _encoder(preprocessing.categorical, estimator)
        transformers.append(("categorical", encoder, list(features.categorical)))
    columns = ColumnTransformer(transformers, verbose_feature_names_out=False)
    return Pipeline([("features", columns), ("estimator", estimator)])


def takes_sparse(estimator: Any) -> bool:
    """Whether zeros may be left out of the estimator's input. XGBoost would read them as missing."""
    return class_path(estimator).startswith("sklearn.") and bool(get_tags(estimator).input_tags.sparse)


def takes_missing(estimator: Any) -> bool:
    """Whether the estimator's input may have NaN."""
    return bool(get_tags(estimator).input_tags.allow_nan)


def check_missing(inputs: pd.DataFrame, features: Features, preprocessing: Preprocessing, estimator: Any) -> None:
    """DataError if a numeric column has gaps that nothing fills and the estimator cannot take."""
    if preprocessing.numeric.impute != "none" or takes_missing(estimator):
        return
    gaps = {name: int(inputs[name].isna().sum()) for name in features.numeric}
    holed = {name: count for name, count in gaps.items() if count}
    if holed:
        listed = ", ".join(f"{name} ({count:,} of {len(inputs):,} rows)" for name, count in holed.items())
        raise DataError(
            f"{type(estimator).__name__} cannot take missing values, and there are some in {listed}",
            remedy="fill them with model.preprocessing.numeric.impute: median, or choose an estimator that takes them",
            key=feature_key(features, next(iter(holed))),
        )


def distinct_feature_names(columns: ColumnTransformer) -> None:
    """Prefix the output names of a fitted transformer where a category's name collides with a column's."""
    try:
        columns.get_feature_names_out()
    except ValueError:
        columns.verbose_feature_names_out = True


def _tell_categories(estimator: Any, numeric: int, categorical: int) -> None:
    if not is_hist_gradient_boosting(estimator):
        raise ModelError(
            f"{type(estimator).__name__} has no categories of its own",
            remedy="encode: one_hot or ordinal; native is for HistGradientBoosting",
            key="model.preprocessing.categorical.encode",
        )
    estimator.set_params(categorical_features=[False] * numeric + [True] * categorical)


def _numeric(declared: NumericPreprocessing) -> Any:
    steps: list[tuple[str, Any]] = []
    if declared.impute != "none":
        # A column without any value stays, as zeros: the model's inputs do not depend on the data.
        steps.append(("impute", SimpleImputer(strategy=declared.impute, keep_empty_features=True)))
    if declared.scale != "none":
        steps.append(("scale", StandardScaler() if declared.scale == "standard" else MinMaxScaler()))
    if not steps:
        return "passthrough"
    return steps[0][1] if len(steps) == 1 else Pipeline(steps)


def _encoder(declared: CategoricalPreprocessing, estimator: Any) -> Any:
    if declared.encode == "one_hot":
        return OneHotEncoder(
            handle_unknown="infrequent_if_exist",
            min_frequency=declared.min_frequency,
            sparse_output=takes_sparse(estimator),
        )
    return OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=UNKNOWN_CODE,
        encoded_missing_value=np.nan if takes_missing(estimator) else MISSING_CODE,
        min_frequency=declared.min_frequency,
        # a bin for each category and one for missing values: what is rarer than the others is one category
        max_categories=min(estimator.max_bins, 255) - 1 if declared.encode == "native" else None,
    )
