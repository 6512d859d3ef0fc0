"""What a parameter of the pipeline's estimator may be, from the index of the installed libraries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headrace.explain.meaning import Meaning
from headrace.models.index import load_index
from headrace.models.xgboost_params import PARAMS

PREFIX = "model.params."


def parameter_meaning(key: str, spec: Mapping[str, Any], cache: Path) -> Meaning:
    """The meaning of `model.params.NAME`; only what it belongs to where the index does not know the estimator."""
    estimator, name = spec["model"]["type"], key.removeprefix(PREFIX).partition(".")[0]
    text = f"a parameter of {estimator}; null leaves the library's default"
    entry = load_index(cache).find(estimator)
    if entry is None:
        return Meaning(text)
    if estimator.startswith("xgboost.") and name in PARAMS:
        return Meaning(text, allowed=", or ".join(map(str, PARAMS[name])))
    if name not in entry.params:
        return Meaning(text)
    parameter = entry.params[name]
    allowed = ", or ".join(map(str, parameter.accepted or ()))
    return Meaning(text, allowed, default=parameter.default, has_default=not estimator.startswith("xgboost."))
