"""What a scheduler's task adds to the plan that it names: the member it works for, the values a person chose."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from headrace.errors import ConfigError, UsageError
from headrace.plan.model import Plan, digest_of
from headrace.run import Execution
from headrace.run.record import join_run, member_run_id
from headrace.store import Store


def filled(execution: Execution, run_id: str, member: str | None, words: Sequence[str]) -> tuple[Execution, str]:
    """The execution of the filled plan, and the name of the run that it belongs to.

    A member's part has a run of its own below the scheduler's; what all members share is noted in that. ConfigError
    for values that the plan does not take, UsageError for a member that it has not.
    """
    template, store, values = execution.plan, execution.store, chosen(words)
    _keep(store, template)
    plan = _once(store, [template.to_json(), values], lambda: _with_values(execution, values)) if values else template
    known_as = template.digest if member is not None or plan.digest != template.digest else None
    if member is None:
        return replace(execution, plan=plan, template=known_as), run_id
    whole = join_run(store, plan, run_id, execution.as_of, template=known_as)
    found = _once(store, [plan.to_json(), member], lambda: _with_member(plan, member))
    one = replace(execution, plan=found, template=known_as, part_of=whole.run_id)
    return one, member_run_id(run_id, member)


def _once(store: Store, asked: Sequence[Any], make: Callable[[], Plan]) -> Plan:
    """A filled plan, made by the first task that asks for it: it costs as much as compiling, and is the same for all.

    What it is made from is the question, so another template, value or place is another question.
    """
    name = digest_of(asked)
    known = store.get_document("filled", name)
    document = store.get_document("plans", known["plan"]) if known else None
    if document is not None:
        return Plan.from_json(document)
    plan = make()
    _keep(store, plan)
    store.put_document("filled", name, {"plan": plan.digest})
    return plan


def _keep(store: Store, plan: Plan) -> None:
    if store.get_document("plans", plan.digest) is None:
        store.put_document("plans", plan.digest, plan.to_json())


def _with_values(execution: Execution, values: Mapping[str, Any]) -> Plan:
    from headrace.plan.holes import with_parameters  # the schema: only where a plan is filled for the first time

    root = execution.project.root
    return with_parameters(execution.plan, values, root, lambda found: _check_estimator(execution, found))


def _with_member(plan: Plan, label: str) -> Plan:
    from headrace.plan.holes import member_named, with_member

    return with_member(plan, member_named(plan, label))


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
    from headrace.plan.parameters import parameter_diagnostics

    project = execution.project
    if plan.spec["model"] is None or plan.spec["model"] == execution.plan.spec["model"]:
        return
    if found := list(parameter_diagnostics(plan, project.home / "compiled", project.root)):
        raise ConfigError(found)
