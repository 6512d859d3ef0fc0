"""The parameters of XGBoost and what they accept.

XGBoost's scikit-learn classes take `**kwargs` and only warn of a name that they do not know, so what is known is
written down here. Types, bounds and choices are the library's own (`doc/parameter.rst`, `src/tree/param.h`);
a test holds each bound against the installed library. `null` always means the library's default.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from headrace.models.parameters import Accepted, Problem, check_value
from headrace.models.spelling import nearest

_NULL = Accepted("null")
_BOOL = (Accepted("bool"), _NULL)
_TEXT = (Accepted("text"), _NULL)
_SHARE = (Accepted("float", low=0, high=1), _NULL)
_POSITIVE_SHARE = (Accepted("float", low=0, high=1, low_open=True), _NULL)
_NON_NEGATIVE = (Accepted("float", low=0), _NULL)


def _int(low: int, high: int | None = None) -> tuple[Accepted, ...]:
    return (Accepted("int", low=low, high=high), _NULL)


def _choice(*options: str) -> tuple[Accepted, ...]:
    return (Accepted("choice", options=options), _NULL)


OBJECTIVES = (
    "binary:logistic",
    "binary:logitraw",
    "binary:hinge",
    "multi:softprob",
    "multi:softmax",
    "reg:squarederror",
    "reg:squaredlogerror",
    "reg:logistic",
    "reg:pseudohubererror",
    "reg:absoluteerror",
    "reg:quantileerror",
    "reg:gamma",
    "reg:tweedie",
    "count:poisson",
    "survival:cox",
    "survival:aft",
)

PARAMS: dict[str, tuple[Accepted, ...]] = {
    "n_estimators": _int(1),
    "max_depth": _int(0),
    "max_leaves": _int(0),
    "max_bin": _int(2),
    "grow_policy": _choice("depthwise", "lossguide"),
    "learning_rate": _NON_NEGATIVE,
    "eta": _NON_NEGATIVE,
    "verbosity": _int(0, 3),
    "objective": _choice(*OBJECTIVES),
    "booster": _choice("gbtree", "gblinear", "dart"),
    "tree_method": _choice("auto", "hist", "approx", "exact"),
    "n_jobs": (Accepted("int"), _NULL),
    "gamma": _NON_NEGATIVE,
    "min_split_loss": _NON_NEGATIVE,
    "min_child_weight": _NON_NEGATIVE,
    "max_delta_step": _NON_NEGATIVE,
    "subsample": _POSITIVE_SHARE,
    "sampling_method": _choice("uniform", "gradient_based"),
    "colsample_bytree": _POSITIVE_SHARE,
    "colsample_bylevel": _POSITIVE_SHARE,
    "colsample_bynode": _POSITIVE_SHARE,
    "reg_alpha": _NON_NEGATIVE,
    "alpha": _NON_NEGATIVE,
    "reg_lambda": _NON_NEGATIVE,
    "lambda": _NON_NEGATIVE,
    "scale_pos_weight": _NON_NEGATIVE,
    "base_score": (Accepted("float"), Accepted("list"), _NULL),
    "random_state": _int(0),
    "missing": (Accepted("float"), _NULL),
    "num_parallel_tree": _int(1),
    "monotone_constraints": _TEXT,
    "interaction_constraints": _TEXT,
    "importance_type": _choice("gain", "weight", "cover", "total_gain", "total_cover"),
    "device": _TEXT,
    "validate_parameters": _BOOL,
    "enable_categorical": _BOOL,
    "feature_types": (Accepted("list"), _NULL),
    "feature_weights": (Accepted("list"), _NULL),
    "max_cat_to_onehot": _int(1),
    "max_cat_threshold": _int(1),
    "multi_strategy": _choice("one_output_per_tree", "multi_output_tree"),
    "eval_metric": (Accepted("text"), Accepted("list"), _NULL),
    "max_cached_hist_node": _int(1),
    "updater": _TEXT,
    "sample_type": _choice("uniform", "weighted"),
    "normalize_type": _choice("tree", "forest"),
    "rate_drop": _SHARE,
    "skip_drop": _SHARE,
    "one_drop": _BOOL,
    "feature_selector": _choice("cyclic", "shuffle", "random", "greedy", "thrifty"),
    "top_k": _int(0),
    "huber_slope": (Accepted("float"), _NULL),
    "quantile_alpha": (Accepted("float", low=0, high=1), Accepted("list"), _NULL),
    "tweedie_variance_power": (Accepted("float", low=1, high=2, high_open=True), _NULL),
}

#: Names that other interfaces of XGBoost, or other libraries, use for the same thing.
SYNONYMS = {
    "seed": "random_state",
    "nthread": "n_jobs",
    "num_boost_round": "n_estimators",
    "num_round": "n_estimators",
    "num_trees": "n_estimators",
    "min_samples_leaf": "min_child_weight",
    "l1": "reg_alpha",
    "l2": "reg_lambda",
}
#: Names that are right in Python but have a place of their own here.
ELSEWHERE = {
    "early_stopping_rounds": "model.early_stopping.rounds",
    "num_class": "the number of labels is counted",
    "callbacks": "Python objects cannot be given",
}


def check_param(name: str, value: Any, unlisted: Iterable[str] = ()) -> Problem | None:
    """What is wrong with one parameter of an XGBoost estimator; None if it is right.

    `unlisted` are names that the installed library knows and this table does not: their values are not checked.
    """
    key = f"model.params.{name}"
    if name in ELSEWHERE:
        return Problem(key, f"{name} is not given here", ELSEWHERE[name])
    if name in PARAMS:
        return check_value(name, value, PARAMS[name])
    known = sorted({*PARAMS, *unlisted})
    if name in known:
        return None
    suggestion = SYNONYMS.get(name) or nearest(name, known)
    return Problem(key, f"XGBoost has no parameter {name}", f"one of {', '.join(known)}", suggestion)
