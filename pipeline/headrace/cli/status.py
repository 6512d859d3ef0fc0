"""`headrace status`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headrace.cli.explain import words
from headrace.cli.run import moment
from headrace.errors import EXIT_FAILED, EXIT_OK
from headrace.plan.loading import load
from headrace.plan.members import is_open
from headrace.plan.model import Plan
from headrace.project import find_project
from headrace.run import Execution

if TYPE_CHECKING:
    from headrace.status import Status


def run(arguments: argparse.Namespace) -> int:
    """Say what would run now and why, without running it; with --exit-code 1 if there is anything."""
    from headrace.status import status
    from headrace.status.text import lines

    project = find_project()
    stage, overrides = words(arguments.overrides, "stage")
    plan = load(project, arguments.pipeline, overrides).require()
    plans = _of_members(plan) if is_open(plan.spec) else {"": plan}
    clock = moment(arguments.as_of)
    found = {label: status(Execution(one, project, as_of=clock), stage or None) for label, one in plans.items()}
    if arguments.json:
        print(json.dumps(_document(plan, found), ensure_ascii=False))
    else:
        print("\n\n".join("\n".join([*([label] if label else []), *lines(one)]) for label, one in found.items()))
    return EXIT_FAILED if arguments.exit_code and any(one.something for one in found.values()) else EXIT_OK


def _of_members(plan: Plan) -> dict[str, Plan]:
    from headrace.plan.holes import members_of, with_member  # the schema: only for plans that have holes

    return {member.label: with_member(plan, member) for member in members_of(plan)}


def _document(plan: Plan, found: Mapping[str, Status]) -> dict[str, Any]:
    if "" in found:
        return found[""].to_json()
    members = [{"member": label, **one.to_json()} for label, one in found.items()]
    something = any(one.something for one in found.values())
    return {"pipeline": plan.pipeline, "plan": plan.digest, "something": something, "members": members}
