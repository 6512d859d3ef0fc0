"""Builds the estimator index; run as `python -m headrace.models.index_build OUT`, since it imports every estimator."""

from __future__ import annotations

import inspect
import json
import math
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from headrace.models.estimators import required_params
from headrace.models.index import FORMAT
from headrace.models.parameters import Accepted
from headrace.models.xgboost_params import ELSEWHERE, PARAMS


def build() -> dict[str, Any]:
    """The index of the installed scikit-learn and XGBoost, as JSON."""
    return {"format": FORMAT, "estimators": {**dict(_sklearn_entries()), **dict(_xgboost_entries())}}


def _sklearn_entries() -> Iterator[tuple[str, dict[str, Any]]]:
    from sklearn.utils import all_estimators

    for kind in ("classifier", "regressor"):
        for _, cls in all_estimators(type_filter=kind):
            path = _public_path(cls)
            if path is not None:
                yield path, _entry(kind, cls, _sklearn_params(cls))


def _entry(kind: str, cls: type[Any], params: Mapping[str, Iterable[Accepted] | None]) -> dict[str, Any]:
    defaults = {name: parameter.default for name, parameter in inspect.signature(cls).parameters.items()}
    described = {name: _param(defaults.get(name), forms) for name, forms in params.items()}
    required = required_params(cls) or _needed_anyway(cls)
    return {"kind": kind, "params": described, **({"required": required} if required else {})}


def _needed_anyway(cls: type[Any]) -> list[str]:
    """`estimator`, of a meta-estimator that has a default for it and cannot do without one all the same."""
    from sklearn.utils import get_tags

    try:
        get_tags(cls())
    except AttributeError:
        return ["estimator"]
    return []


def _param(default: Any, forms: Iterable[Accepted] | None) -> dict[str, Any]:
    accepts = {} if forms is None else {"accepts": [form.to_json() for form in forms]}
    is_json = isinstance(default, bool | int | str) or (isinstance(default, float) and math.isfinite(default))
    return {"default": default, **accepts} if is_json else accepts


def _public_path(cls: type[Any]) -> str | None:
    """The shortest module that has the class, and its name; None where it has none but a private one."""
    parts = cls.__module__.split(".")
    for length in range(2, len(parts) + 1):
        if parts[length - 1].startswith("_"):
            return None
        module = ".".join(parts[:length])
        if getattr(import_module(module), cls.__name__, None) is cls:
            return f"{module}.{cls.__name__}"
    return None


def _sklearn_params(cls: type[Any]) -> dict[str, list[Accepted] | None]:
    constraints = getattr(cls, "_parameter_constraints", {})
    names = [name for name in inspect.signature(cls).parameters if name not in ("args", "kwargs")]
    return {name: _accepted(constraints[name]) if name in constraints else None for name in names}


def _accepted(constraints: Any) -> list[Accepted] | None:
    """scikit-learn's constraints on one parameter, as far as YAML can meet them; None: anything goes."""
    if isinstance(constraints, str):  # "no_validation"
        return None
    return [form for constraint in constraints for form in _forms(constraint)]


def _forms(constraint: Any) -> Iterator[Accepted]:
    """Objects, functions and arrays have no form in YAML; what scikit-learn hides is not offered."""
    from sklearn.utils import _param_validation as validation

    match constraint:
        case None:
            yield Accepted("null")
        case "boolean":
            yield Accepted("bool")
        case "verbose":
            yield from (Accepted("int", low=0), Accepted("bool"))
        case "random_state":
            yield from (Accepted("int", low=0, high=2**32 - 1), Accepted("null"))
        case "cv_object":
            yield from (Accepted("int", low=2), Accepted("null"))
        case "array-like":
            yield Accepted("list")
        case validation.Interval():
            yield _interval(constraint)
        case validation.Options():
            yield Accepted("choice", options=tuple(sorted(constraint.options - constraint.deprecated, key=str)))
        case type():
            yield from _instances(constraint)


def _interval(constraint: Any) -> Accepted:
    return Accepted(
        "int" if constraint.type is Integral else "float",
        low=constraint.left,
        high=constraint.right,
        low_open=constraint.left is not None and constraint.closed in ("right", "neither"),
        high_open=constraint.right is not None and constraint.closed in ("left", "neither"),
    )


def _instances(kind: type[Any]) -> Iterator[Accepted]:
    if kind is Integral or kind is int:
        yield Accepted("int")
    elif kind is Real or kind is float:
        yield Accepted("float")
    elif kind is str:
        yield Accepted("text")
    elif kind in (list, tuple):
        yield Accepted("list")
    elif issubclass(dict, kind):
        yield Accepted("mapping")


def _xgboost_entries() -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        import xgboost
    except ImportError:
        return
    kinds = {"XGBClassifier": "classifier", "XGBRFClassifier": "classifier"}
    kinds |= {"XGBRegressor": "regressor", "XGBRFRegressor": "regressor"}
    for name, kind in kinds.items():
        cls = getattr(xgboost, name)
        unlisted = set(cls().get_params()) - set(PARAMS) - set(ELSEWHERE)
        yield f"xgboost.{name}", _entry(kind, cls, {**PARAMS, **dict.fromkeys(sorted(unlisted))})


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    Path(sys.argv[1]).write_text(json.dumps(build(), separators=(",", ":")))
