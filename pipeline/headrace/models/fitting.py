"""Fits a model's pipeline, with early stopping on the validation part where it is declared."""

from __future__ import annotations

import inspect
import re
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline

from headrace.config.schema.modelling import EarlyStopping
from headrace.errors import ModelError, StageError
from headrace.models.assembly import distinct_feature_names
from headrace.models.estimators import is_hist_gradient_boosting

_STOPPING = "model.early_stopping"


@dataclass(frozen=True, slots=True)
class Part:
    """Typed features and the encoded target of some rows."""

    inputs: pd.DataFrame
    target: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted pipeline, and how the fit went."""

    model: Pipeline
    seconds: float
    best_iteration: int | None = None
    """Boosting round, counted from 0, that did best on the validation part."""
    history: dict[str, dict[str, list[float]]] | None = None
    """Part -> the estimator's own metric -> its value after each round."""
    warnings: tuple[str, ...] = ()


Arguments = dict[str, Any]
#: From the estimator, the transformed validation part and its target to what `fit` is given besides.
Stopper = Callable[[Any, EarlyStopping, Any, npt.NDArray[Any]], Arguments]


def fit(pipeline: Pipeline, train: Part, validation: Part | None, stopping: EarlyStopping | None) -> Fitted:
    """Fit the pipeline in place.

    The preprocessing learns from the training rows alone; the validation rows, transformed by it, only decide when to
    stop. Raises ModelError if early stopping cannot be had or the estimator refuses parameters or data, and
    StageError for any other failure of the estimator.
    """
    columns, estimator = (step for _, step in pipeline.steps)
    stopper = None if stopping is None else _stopper(estimator, validation)
    started = time.perf_counter()
    with estimator_errors(estimator), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        matrix = columns.fit_transform(train.inputs)
        arguments: Arguments = {}
        if stopper is not None and stopping is not None and validation is not None:
            arguments = stopper(estimator, stopping, columns.transform(validation.inputs), validation.target)
        estimator.fit(matrix, train.target, **arguments)
    distinct_feature_names(columns)
    return Fitted(
        model=pipeline,
        seconds=time.perf_counter() - started,
        best_iteration=_best_iteration(estimator) if stopper else None,
        history=_history(estimator) if stopper else None,
        warnings=_told(caught),
    )


@contextmanager
def estimator_errors(estimator: Any) -> Iterator[None]:
    """Turn what an estimator raises into an error that names it: ModelError where it says that its input is wrong."""
    name = type(estimator).__name__
    try:
        yield
    except (ValueError, TypeError) as error:
        raise ModelError(
            f"{name}: {_first_lines(error)}",
            remedy="mend model.params, or the columns that it speaks of",
            key="model.params",
        ) from error
    except (ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError) as error:
        raise StageError(
            f"{name} failed: {type(error).__name__}: {_first_lines(error)}",
            remedy="run with --debug to see where; fewer rows, features or trees need less memory",
            key="model.type",
        ) from error


def _stopper(estimator: Any, validation: Part | None) -> Stopper:
    stopper = next((stopper for applies, stopper in _STOPPERS if applies(estimator)), None)
    name = type(estimator).__name__
    if stopper is None:
        own = [p for p in ("early_stopping", "n_iter_no_change") if p in estimator.get_params(deep=False)]
        remedy = f"use its own: {', '.join(f'model.params.{p}' for p in own)}" if own else f"leave out {_STOPPING}"
        raise ModelError(f"{name} cannot stop early on a validation part", remedy=remedy, key=_STOPPING)
    if validation is None:
        raise ModelError(
            "early stopping needs a validation part, and the split makes none",
            remedy="declare split.validation, or leave out model.early_stopping",
            key=_STOPPING,
        )
    return stopper


def _is_xgboost(estimator: Any) -> bool:
    module = type(estimator).__module__
    boosts = "early_stopping_rounds" in estimator.get_params() and not type(estimator).__name__.startswith("XGBRF")
    return module.startswith("xgboost.") and boosts


def _stop_xgboost(estimator: Any, stopping: EarlyStopping, matrix: Any, target: npt.NDArray[Any]) -> Arguments:
    estimator.set_params(early_stopping_rounds=stopping.rounds)
    return {"eval_set": [(matrix, target)], "verbose": False}


def _stop_hist(estimator: Any, stopping: EarlyStopping, matrix: Any, target: npt.NDArray[Any]) -> Arguments:
    estimator.set_params(early_stopping=True, n_iter_no_change=stopping.rounds)
    if "X_val" in inspect.signature(estimator.fit).parameters:  # since scikit-learn 1.7
        return {"X_val": matrix, "y_val": target}
    warnings.warn(
        "this scikit-learn cannot be given validation rows: it sets a tenth of the training rows apart instead",
        UserWarning,
        stacklevel=2,
    )
    return {}


#: To add an estimator that can watch a validation part, name it here.
_STOPPERS: tuple[tuple[Callable[[Any], bool], Stopper], ...] = (
    (_is_xgboost, _stop_xgboost),
    (is_hist_gradient_boosting, _stop_hist),
)


def _best_iteration(estimator: Any) -> int | None:
    """XGBoost predicts with the rounds up to its best; scikit-learn keeps them all."""
    return int(estimator.best_iteration) if _is_xgboost(estimator) else None


def _history(estimator: Any) -> dict[str, dict[str, list[float]]] | None:
    if _is_xgboost(estimator):
        metrics = next(iter(estimator.evals_result().values()))
        return {"validation": {name: [float(v) for v in values] for name, values in metrics.items()}}
    scores = getattr(estimator, "validation_score_", None)
    return None if scores is None else {"validation": {"score": [float(v) for v in scores]}}


def _told(caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """What concerns who wrote the YAML, once each; deprecations and the like concern who wrote the libraries."""
    kinds = (UserWarning, RuntimeWarning, FutureWarning)
    texts = (f"{w.category.__name__}: {w.message}" for w in caught if issubclass(w.category, kinds))
    return tuple(dict.fromkeys(texts))


def _first_lines(error: Exception) -> str:
    """A message as a person reads it: without the source line that XGBoost puts before and the stack that follows."""
    text = str(error).partition("Stack trace:")[0].strip().split("\n\n")[0]
    text = re.sub(r"^\[[\d:]+\] \S+:\d+: (Check failed: )?", "", text)
    return text if len(text) <= 500 else text[:497] + "..."
