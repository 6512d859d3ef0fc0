"""What is written down about XGBoost, held against the installed library."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pytest
import xgboost

from headrace.models.parameters import Accepted
from headrace.models.xgboost_params import ELSEWHERE, OBJECTIVES, PARAMS, check_param

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)
#: What has to be set for a parameter to have any effect.
SETTING = {
    "sample_type": {"booster": "dart"},
    "normalize_type": {"booster": "dart"},
    "rate_drop": {"booster": "dart"},
    "skip_drop": {"booster": "dart"},
    "one_drop": {"booster": "dart"},
    "feature_selector": {"booster": "gblinear", "updater": "coord_descent"},
    "top_k": {"booster": "gblinear", "updater": "coord_descent", "feature_selector": "greedy"},
    "tweedie_variance_power": {"objective": "reg:tweedie"},
    "quantile_alpha": {"objective": "reg:quantileerror"},
    "huber_slope": {"objective": "reg:pseudohubererror"},
    "max_cat_to_onehot": {"enable_categorical": True},
}
#: Looser in the library than in its documentation, or not an option of a fit.
LOOSE = {"subsample", "colsample_bytree", "colsample_bylevel", "colsample_bynode", "importance_type", "random_state"}
SKIPPED = LOOSE | {"n_estimators", "verbosity"}  # a bad verbosity breaks every later fit of the process


def _accepts(name: str, value: object, **extra: object) -> bool:
    """Whether the library fits with this parameter, and makes use of it."""
    params = {**SETTING.get(name, {}), **extra, name: value}
    cls = xgboost.XGBRegressor if "objective" in params else xgboost.XGBClassifier
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            cls(n_estimators=1, **params).fit(X, Y)
        except (ValueError, TypeError, UserWarning):
            return False
    return True


def _bounded() -> list[tuple[str, Accepted]]:
    forms = [(name, form) for name, accepted in PARAMS.items() for form in accepted if name not in SKIPPED]
    return [(name, form) for name, form in forms if form.low is not None]


@pytest.mark.parametrize(("name", "form"), _bounded(), ids=[name for name, _ in _bounded()])
def test_bounds_are_the_librarys(name: str, form: Accepted) -> None:
    assert form.low is not None
    step = 1 if form.kind == "int" else 0.1
    assert form.admits(form.low)
    assert _accepts(name, form.low)
    beyond = [form.low - step] + ([form.high + step] if form.high is not None else [])
    for value in beyond:
        assert not form.admits(value)
        assert not _accepts(name, value), value


CHOICES = [
    (name, option)
    for name, accepted in PARAMS.items()
    for form in accepted
    for option in form.options
    if name not in (*LOOSE, "objective", "booster")
]


@pytest.mark.parametrize(("name", "option"), CHOICES)
def test_choices_are_the_librarys(name: str, option: str) -> None:
    assert _accepts(name, option)
    assert not _accepts(name, "nonsense")


def test_objectives_are_the_librarys() -> None:
    data = xgboost.DMatrix(X, Y)
    for objective in OBJECTIVES:
        params = {"objective": objective, "quantile_alpha": 0.5}
        params |= {"num_class": 3} if objective.startswith("multi:") else {}
        assert objective in xgboost.Booster(params, cache=[data]).save_config()
    with pytest.raises(xgboost.core.XGBoostError):
        xgboost.Booster({"objective": "nonsense"}, cache=[data]).save_config()


def test_every_parameter_of_the_wrapper_is_written_down() -> None:
    names = set(inspect.signature(xgboost.XGBModel).parameters) - {"kwargs"}
    assert names <= set(PARAMS) | set(ELSEWHERE)


def test_integers_are_numbers_and_booleans_are_neither() -> None:
    assert check_param("learning_rate", 1) is None
    assert check_param("max_depth", True) is not None
    assert check_param("eval_metric", ["auc", "logloss"]) is None
    assert check_param("brand_new", 3, ["brand_new"]) is None
    assert check_param("brand_new", 3) is not None
