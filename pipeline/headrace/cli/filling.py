"""What a scheduler's task adds to the plan that it names: the member it works for, the values a person chose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from headrace.errors import ConfigError, UsageError
from headrace.plan.holes import member_named, with_member, with_parameters
from headrace.plan.model import Plan
from headrace.plan.parameters import parameter_diagnostics
from headrace.run import Execution
from headrace.run.record import join_run, member_run_id


def filled(execution: Execution, run_id: str, member: str | None, words: Sequence[str]) -> tuple[Execution, str]:
    """The execution of the filled plan, and the name of the run that it belongs to.

    A member's part has a run of its own below the scheduler's; what all members share is noted in that. ConfigError
    for values that the plan does not take, UsageError for a member that it has not.
    """
    template = execution.plan
    root = execution.project.root
    plan = with_parameters(template, chosen(words), root, lambda found: _check_estimator(execution, found))
    if plan is template and member is None:
        return execution, run_id
    store = execution.store
    if store.get_document("plans", template.digest) is None:
        store.put_document("plans", template.digest, template.to_json())
    if member is None:
        return replace(execution, plan=plan, template=template.digest), run_id
    whole = join_run(store, plan, run_id, execution.as_of, template=template.digest)
    found = with_member(plan, member_named(plan, member))
    one = replace(execution, plan=found, template=template.digest, part_of=whole.run_id)
    return one, member_run_id(run_id, member)


def chosen(words: Sequence[str]) -> dict[str, Any]:
    """`NAME=JSON` by name; UsageError for what is no JSON."""
    values: dict[str, Any] = {}
    for word in words:
        name, _, text = word.partition("=")
        try:
            values[name] = json.loads(text)
        except ValueError:
            remedy = "write NAME=JSON, as in rounds=300 or name='\"text\"'"
            raise UsageError(f"--param {name}: {text!r} is no JSON", remedy=remedy) from None
    return values


def _check_estimator(execution: Execution, plan: Plan) -> None:
    """The estimator takes its parameters as they are now."""
    project = execution.project
    if plan.spec["model"] is None or plan.spec["model"] == execution.plan.spec["model"]:
        return
    if found := list(parameter_diagnostics(plan, project.home / "compiled", project.root)):
        raise ConfigError(found)
