"""What each of a plan's `params` takes, as JSON Schema: from the schema, and the index of the estimators."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headrace.config.parameters import form, schema_at, value_at
from headrace.models.index import accepted_by, load_index
from headrace.models.parameters import ESTIMATOR, Accepted
from headrace.plan.holes import typed_spec
from headrace.plan.model import Plan

_TYPES = {
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "text": "string",
    "null": "null",
    "list": "array",
    "mapping": "object",
}


def needs_index(plan: Plan) -> bool:
    """Whether a parameter of the estimator is open, so that its index has to say what it takes."""
    return any(declared["at"].startswith(ESTIMATOR) for declared in plan.spec["params"].values())


def parameter_forms(plan: Plan, cache: Path) -> dict[str, dict[str, Any]]:
    """Parameter -> JSON Schema of its values; the index of the estimators is kept in `cache`."""
    if not plan.spec["params"]:
        return {}
    spec = typed_spec(plan)
    values = spec.model_dump(mode="json")
    return {
        name: form(
            _schema(values, declared, cache) or schema_at(spec, declared["at"]),
            value_at(values, declared["at"]),
            declared,
        )
        for name, declared in plan.spec["params"].items()
    }


def _schema(values: Mapping[str, Any], declared: Mapping[str, Any], cache: Path) -> dict[str, Any]:
    """What the estimator takes; empty for what is no parameter of it, or not known."""
    path = declared["at"]
    if not path.startswith(ESTIMATOR):
        return {}
    accepted = accepted_by(load_index(cache), values["model"]["type"], path.removeprefix(ESTIMATOR))
    return {"anyOf": [_as_schema(one) for one in accepted]} if accepted else {}


def _as_schema(accepted: Accepted) -> dict[str, Any]:
    if accepted.kind == "choice":
        return {"type": "string", "enum": list(accepted.options)}
    found: dict[str, Any] = {"type": _TYPES[accepted.kind]}
    if accepted.low is not None:
        found["exclusiveMinimum" if accepted.low_open else "minimum"] = accepted.low
    if accepted.high is not None:
        found["exclusiveMaximum" if accepted.high_open else "maximum"] = accepted.high
    return found
