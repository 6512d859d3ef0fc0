"""What must hold between the parts of a pipeline, as far as no data is needed to see it.

One module a subject; each ends with the table of its rules, and `RULES` is all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from headrace.config.composed import Composed
from headrace.config.partial import as_far_as_known
from headrace.config.rules import (
    dag,
    dataset,
    execution,
    gates,
    idle,
    leakage,
    learning,
    notifiers,
    params,
    placement,
    plain_secrets,
    pods,
    schedule,
    triggers,
    validation,
)
from headrace.config.rules.rule import Rule
from headrace.config.safety import problems as unsafe
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

RULES: tuple[Rule, ...] = (
    *dataset.RULES,
    *validation.RULES,
    *learning.RULES,
    *leakage.RULES,
    *gates.RULES,
    *schedule.RULES,
    *params.RULES,
    *execution.RULES,
    *placement.RULES,
    *pods.RULES,
    *dag.RULES,
    *triggers.RULES,
    *idle.RULES,
    *notifiers.RULES,
    *plain_secrets.RULES,
    unsafe,
)


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Every broken rule, at the value that breaks it."""
    for rule in RULES:
        yield from as_far_as_known(rule(spec, composed))


def not_plain(values: Any, composed: Composed, path: str = "") -> Iterator[Diagnostic]:
    """Numbers that JSON, and so a plan, cannot hold."""
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, item in items:
        yield from not_plain(item, composed, f"{path}.{name}" if path else str(name))
    if isinstance(values, float) and not isfinite(values):
        message = f"`{path}` is not a finite number"
        yield composed.diagnostic("HR144", message, composed.place_of(path), "write a number, or null")
