"""What a person may choose as the next step: tasks that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from headrace.config.nearest import suggestion
from headrace.operators.functions import Signature
from headrace.operators.presence import present
from headrace.operators.problem import Problem
from headrace.plan.model import Plan

#: A task of several stages, all of them, the boxes that stages are shown in, and what many models have besides.
_MADE = re.compile(r"[\w-]+_to_[\w-]+|all_stages|data|model|release|members|summary")


def branch_problems(plan: Plan, name: str, signature: Signature) -> Iterator[Problem]:
    """Options that lead to no task, of an operator whose options are names of tasks or are mapped to these."""
    if not {"options", "options_mapping"} <= signature.parameters.keys():
        return
    args, stages = plan.spec["tasks"][name]["args"], [stage.name for stage in plan.stages]
    tasks = present(plan.spec["tasks"], stages)
    known = {*stages, *tasks, *(task["group"] for task in tasks.values() if task["group"])}
    for place, chosen in _steps(args.get("options"), args.get("options_mapping")):
        if chosen not in known and not _MADE.fullmatch(chosen):
            message = f"there is no task `{chosen}` to go on with"
            yield Problem("HR357", message, f"tasks.{name}.args.{place}", suggestion(chosen, known - {name}))


def _steps(options: Any, mapping: Any) -> Iterator[tuple[str, str]]:
    """Where each next step is written, and what it is called."""
    leads: Mapping[str, Any] = mapping if isinstance(mapping, dict) else {}
    for index, option in enumerate(options if isinstance(options, list) else []):
        step = leads.get(option, option) if isinstance(option, str) else None
        if isinstance(step, str):
            yield (f"options_mapping.{option}" if option in leads else f"options.{index}"), step
