"""Plan -> what a run may be started with."""

from __future__ import annotations

from typing import Any

from headrace.config.parameters import value_at
from headrace.plan.model import Plan


def param_specs(plan: Plan) -> dict[str, dict[str, Any]]:
    """Parameter -> its JSON Schema, `default` included: the value that is written in the YAML."""
    declared = plan.spec.get("params") or {}
    return {
        name: {"default": value_at(plan.spec, entry["at"]), **plan.forms.get(name, {})}
        for name, entry in declared.items()
    }
