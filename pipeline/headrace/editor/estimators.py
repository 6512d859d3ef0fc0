"""`model.type` and `model.params` as an editor takes them: every estimator of the index, with its parameters."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headrace.editor.words import INTERPOLATION, Schema, as_yaml, described, mapping, typed, where, without_type
from headrace.models.index import Estimator, Index
from headrace.models.parameters import Accepted
from headrace.models.xgboost_params import ELSEWHERE, PARAMS

_TYPES: Mapping[str, str] = {
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "text": "string",
    "null": "null",
    "list": "array",
    "mapping": "object",
}
#: `.inf`, which YAML has and JSON has not.
_INFINITE: Schema = {"type": "number", "minimum": 1e308}
_NO_ESTIMATOR = (
    "Expected the import path of an estimator of scikit-learn or XGBoost, or of a package in model_packages."
)


def model_shape(plain: Schema, index: Index, packages: Iterable[str]) -> Schema:
    """The shape of `model`, with the estimators that there are, and for each its own parameters under its name."""
    names = index.names()
    kind = {**without_type(plain["properties"]["type"]), **_type_choice(names, packages)}
    conditions = [where("type", name, {"properties": {"params": {"$ref": params_reference(name)}}}) for name in names]
    return {**plain, "properties": {**plain["properties"], "type": kind}, "allOf": conditions}


def definitions(index: Index) -> dict[str, Schema]:
    """The parameters of each estimator that YAML can make, by the name that `params_reference` points at."""
    found = {name: index.find(name) for name in index.names()}
    return {_key(name): _params(name, estimator) for name, estimator in found.items() if estimator is not None}


def params_reference(estimator: str) -> str:
    """Where the parameters of an estimator are, within a schema file."""
    return f"#/definitions/{_key(estimator)}"


def _key(estimator: str) -> str:
    return f"{estimator}.params"


def _type_choice(names: Sequence[str], packages: Iterable[str]) -> Schema:
    roots = "|".join(re.escape(package) for package in packages)
    # A package that the project opted in is not in the index: any class under it may be named.
    opted: list[Schema] = [{"type": "string", "pattern": rf"^({roots})\.", "doNotSuggest": True}] if roots else []
    return {"anyOf": [{"enum": list(names), "errorMessage": _NO_ESTIMATOR}, *opted, INTERPOLATION]}


def _params(name: str, estimator: Estimator) -> Schema:
    accepted = {key: parameter.accepted for key, parameter in estimator.params.items()}
    if name.startswith("xgboost."):
        accepted = {**{key: value for key, value in accepted.items() if key not in ELSEWHERE}, **PARAMS}
    title = f"Parameters of {name.rpartition('.')[2]}"
    return mapping(
        {
            key: _parameter(forms, estimator.params[key].default if key in estimator.params else None)
            for key, forms in sorted(accepted.items())
        },
        title=title,
    )


def _parameter(forms: Sequence[Accepted] | None, default: Any) -> Schema:
    told = f"Accepts {', or '.join(str(form) for form in forms)}." if forms else ""
    shape = _value(forms) if forms else {}
    if default is None or not _is_plain(default):
        return {**shape, **described(told)}
    return {**shape, **described(f"{told}\n\nDefault: `{as_yaml(default)}`.".strip()), "default": default}


def _is_plain(default: Any) -> bool:
    """Whether JSON has the value: not so for infinity and NaN."""
    return isinstance(default, str | int) or (isinstance(default, float) and math.isfinite(default))


def _value(forms: Sequence[Accepted]) -> Schema:
    """One type with its bounds where that says it all, else alternatives."""
    numbers = [form for form in forms if form.kind in ("int", "float")]
    if all(form.kind != "choice" for form in forms) and len(numbers) <= 1:
        return typed([_TYPES[form.kind] for form in forms], **(_bounds(numbers[0]) if numbers else {}))
    return {"anyOf": [*(_alternative(form) for form in forms), INTERPOLATION]}


def _alternative(form: Accepted) -> Schema:
    if form.kind == "choice":
        plain = [option for option in form.options if option is None or _is_plain(option)]
        return {"enum": plain} if plain else _INFINITE
    return {"type": _TYPES[form.kind], **_bounds(form)}


def _bounds(form: Accepted) -> Schema:
    low = "exclusiveMinimum" if form.low_open else "minimum"
    high = "exclusiveMaximum" if form.high_open else "maximum"
    bounds = ((low, form.low), (high, form.high))
    return {key: bound for key, bound in bounds if bound is not None and math.isfinite(bound)}
