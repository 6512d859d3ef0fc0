"""From the text in `model.type` to an estimator class: allow-listed roots, and the class is checked again."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from headrace.config.safety.names import closed_package
from headrace.errors import ModelError
from headrace.models.parameters import nested_target
from headrace.models.spelling import did_you_mean
from headrace.models.xgboost_params import check_param

#: Packages whose estimators every project may name.
ROOTS = ("sklearn", "xgboost")

_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")
_KEY = "model.type"
#: Parts of scikit-learn and XGBoost that are no estimators, and do things when they are imported.
_NOT_ESTIMATORS = frozenset(
    {"tests", "testing", "externals", "conftest", "experimental", "datasets", "show_versions", "spark", "dask"}
)


def resolve(path: str, task: str, packages: Iterable[str] = ()) -> type[Any]:
    """The estimator class that a dotted path names.

    Only public names of scikit-learn, XGBoost and `packages` are looked up, and what is found must be a class of
    that package with `fit`, `predict` and `get_params`, of the kind that the task needs, which can be made from plain
    values. Raises ModelError (key `model.type`) otherwise.
    """
    roots = (*ROOTS, *(package for package in packages if not closed_package(package)))
    if not _PATH.fullmatch(path) or path.partition(".")[0] not in roots:
        raise ModelError(
            f"{path!r} is not an estimator that this project may use",
            remedy=f"write the path of a class of {_joined(roots)}, as in sklearn.ensemble.RandomForestClassifier; "
            "other packages are opted in under model_packages",
            key=_KEY,
        )
    closed = _NOT_ESTIMATORS.intersection(path.split("."))
    if path.partition(".")[0] in ROOTS and closed:
        message = f"{path}: {min(closed)} has no estimators that run here"
        raise ModelError(message, remedy="choose a classifier or regressor", key=_KEY)
    found: type[Any] = _look_up(path)
    _check_class(path, found, roots)
    _check_kind(path, found, task)
    return found


def create(path: str, params: Mapping[str, Any], seed: int, task: str, packages: Iterable[str] = ()) -> Any:
    """An unfitted estimator with these parameters, seeded if it can be and the parameters do not say otherwise.

    Raises ModelError for a class or parameters that cannot be used.
    """
    nested = nested_target(params)
    if nested is not None:
        raise ModelError(
            "parameters are plain values: _target_ is not followed",
            remedy="choose an estimator whose parameters are numbers, text, lists or mappings",
            key=f"model.params.{nested}",
        )
    cls = resolve(path, task, packages)
    if path.startswith("xgboost."):
        _check_xgboost(params, cls)
    try:
        estimator = cls(**params)
        known = estimator.get_params(deep=False)
    except (TypeError, ValueError) as error:
        raise _refused(path, params, cls, error) from error
    if "random_state" in known and known["random_state"] is None:
        estimator.set_params(random_state=seed)
    return estimator


def class_path(estimator: Any) -> str:
    """Module and name of an estimator's class."""
    return f"{type(estimator).__module__}.{type(estimator).__qualname__}"


def is_hist_gradient_boosting(estimator: Any) -> bool:
    """Whether it is scikit-learn's boosting on histograms, or made of it."""
    return any(
        base.__module__.startswith("sklearn.ensemble._hist_gradient_boosting.") for base in type(estimator).__mro__
    )


def _look_up(path: str) -> Any:
    module_name, _, name = path.rpartition(".")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        missing = error.name or module_name
        if not f"{module_name}.".startswith(f"{missing}."):
            raise ModelError(f"{path}: {error}", remedy=f"install {missing}", key=_KEY) from error
        raise ModelError(f"there is no module {missing}", remedy=_remedy_for_module(missing), key=_KEY) from error
    except ImportError as error:
        raise ModelError(f"{path} cannot be imported: {error}", remedy="mend the package it is in", key=_KEY) from error
    found = getattr(module, name, None)
    if found is None:
        remedy = did_you_mean(name, (n for n, v in vars(module).items() if inspect.isclass(v)))
        raise ModelError(f"{module_name} has no {name}", remedy=remedy, key=_KEY)
    return found


def _remedy_for_module(missing: str) -> str:
    parent, _, name = missing.rpartition(".")
    if not parent:
        return f"install {missing}"
    import pkgutil

    siblings = (module.name for module in pkgutil.iter_modules(getattr(import_module(parent), "__path__", ())))
    return did_you_mean(name, (sibling for sibling in siblings if not sibling.startswith("_")))


def _check_class(path: str, found: Any, roots: Iterable[str]) -> None:
    if not inspect.isclass(found):
        raise ModelError(f"{path} is not a class", remedy="model.type names an estimator class", key=_KEY)
    root = found.__module__.partition(".")[0]
    if root not in roots or root != path.partition(".")[0]:
        raise ModelError(f"{path} is a class of {found.__module__}", remedy="name the class where it is", key=_KEY)
    lacking = [name for name in ("fit", "predict", "get_params") if not callable(getattr(found, name, None))]
    if lacking or inspect.isabstract(found):
        what = f"it has no {_joined(lacking)}" if lacking else "it is abstract"
        raise ModelError(f"{path} is not an estimator: {what}", remedy="choose a classifier or regressor", key=_KEY)
    required = required_params(found)
    if required:
        raise ModelError(
            f"{path} needs Python objects for {_joined(required)}",
            remedy="choose an estimator whose parameters are plain values",
            key=_KEY,
        )


def required_params(cls: type[Any]) -> list[str]:
    """Names of a constructor's parameters that have no default."""
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(cls).parameters.values()
    return [p.name for p in parameters if p.kind in plain and p.default is inspect.Parameter.empty]


def _check_kind(path: str, cls: type[Any], task: str) -> None:
    try:
        kind = estimator_kind(cls())
    except (AttributeError, TypeError, ValueError) as error:
        message = f"{path} cannot be made without Python objects: {error}"
        raise ModelError(message, remedy="choose an estimator whose parameters are plain values", key=_KEY) from error
    wanted = "regressor" if task == "regression" else "classifier"
    if kind != wanted:
        raise ModelError(
            f"{path} is {'a ' + kind if kind else 'neither a classifier nor a regressor'}, "
            f"and the task {task} needs a {wanted}",
            remedy=f"choose a {wanted}, or change task",
            key=_KEY,
        )


def estimator_kind(estimator: Any) -> str | None:
    """`classifier` or `regressor`, as scikit-learn's tags say; None for anything else."""
    from sklearn.base import is_classifier, is_regressor

    if is_classifier(estimator):
        return "classifier"
    return "regressor" if is_regressor(estimator) else None


def _check_xgboost(params: Mapping[str, Any], cls: type[Any]) -> None:
    """XGBoost only warns of a name that it does not know, and a bad `verbosity` breaks every later fit."""
    known = cls().get_params()
    problems = filter(None, (check_param(name, value, known) for name, value in params.items()))
    problem = next(problems, None)
    if problem is not None:
        meant = f"did you mean {problem.suggestion}? " if problem.suggestion else ""
        raise ModelError(problem.message, remedy=f"{meant}allowed: {problem.allowed}", key=problem.key)


def _refused(path: str, params: Mapping[str, Any], cls: type[Any], error: Exception) -> ModelError:
    known = list(inspect.signature(cls).parameters)
    unknown = next((name for name in params if name not in known), None)
    key = f"model.params.{unknown}" if unknown else "model.params"
    remedy = did_you_mean(unknown, known) if unknown else "see the estimator's documentation"
    return ModelError(f"{path} refuses its parameters: {error}", remedy=remedy, key=key)


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)
