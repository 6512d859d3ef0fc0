"""Runs a pipeline of many models: what they share once, then each for itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from headrace.errors import EXIT_OK, EXIT_REFUSED, UsageError
from headrace.plan.holes import members_of, shared_stages, with_member
from headrace.plan.members import Member
from headrace.plan.model import Plan
from headrace.run.engine import Execution, Listener
from headrace.run.member_summary import MemberOutcome, outcome_of
from headrace.run.outcome import Outcome, RunReport, RunStatus

#: Shows the progress of one member's run.
Showing = Callable[[Member, Plan], AbstractContextManager[Listener]]


@dataclass(frozen=True, slots=True)
class MemberRun:
    """What became of one member."""

    member: Member
    plan: Plan
    report: RunReport

    @property
    def outcome(self) -> MemberOutcome:
        """What became of its model."""
        return outcome_of(self.member.label, self.report)


@dataclass(frozen=True, slots=True)
class MembersReport:
    """What became of a run of many models."""

    pipeline: str
    plan_digest: str
    runs: tuple[MemberRun, ...]
    seconds: float

    @property
    def status(self) -> RunStatus:
        """`failed` if any member failed, else `refused` if any was refused."""
        found = {run.report.status for run in self.runs}
        return "failed" if "failed" in found else "refused" if "refused" in found else "done"

    @property
    def exit_code(self) -> int:
        """The first failure's own code; 3 if a gate refused a member and none failed."""
        failed = (run.report.exit_code for run in self.runs if run.report.status == "failed")
        return next(failed, EXIT_REFUSED if self.status == "refused" else EXIT_OK)

    def to_json(self) -> dict[str, Any]:
        """The document of `headrace run --json`."""
        return {
            "pipeline": self.pipeline,
            "plan": self.plan_digest,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "members": [
                {
                    "member": run.member.label,
                    "values": dict(run.member.values),
                    "verdict": run.outcome.verdict,
                    **run.report.to_json(),
                }
                for run in self.runs
            ],
        }


def chosen_members(plan: Plan, only: Sequence[str]) -> tuple[Member, ...]:
    """The members that all of these `NAME=VALUE` hold of; UsageError for a name or a value that none has."""
    found = members_of(plan)
    if only and not found:
        raise UsageError(f"{plan.pipeline} has no `for_each` to choose from", remedy="leave out --only")
    for condition in only:
        name, equals, value = condition.partition("=")
        if not equals or (name != "member" and any(name not in member.values for member in found)):
            known = ", ".join(dict.fromkeys(name for member in found for name in member.values))
            raise UsageError(f"--only {condition}: write NAME=VALUE", remedy=f"names are {known} and member")
        kept = tuple(member for member in found if value in _texts(member, name))
        if not kept:
            known = ", ".join(dict.fromkeys(_texts(member, name)[0] for member in found))
            raise UsageError(f"no member has {condition}", remedy=f"{name} is one of {known}")
        found = kept
    return found


def _texts(member: Member, name: str) -> tuple[str, ...]:
    """How a person may write a member's value."""
    value = member.label if name == "member" else member.values[name]
    return (str(value).lower(), str(value)) if isinstance(value, bool) else (str(value),)


def run_members(execution: Execution, chosen: Sequence[Member], showing: Showing) -> MembersReport:
    """Run the members one after another. What they share is asked and made once, so that all learn from equal data.

    One that fails does not keep the others from being run, unless what failed is shared.
    """
    start, plan = time.perf_counter(), execution.plan
    runs = tuple(_runs(execution, chosen, showing))
    return MembersReport(plan.pipeline, plan.digest, runs, time.perf_counter() - start)


def _runs(execution: Execution, chosen: Sequence[Member], showing: Showing) -> Iterator[MemberRun]:
    shared = shared_stages(execution.plan)
    given: dict[str, Outcome] = {}
    for member in chosen:
        plan = with_member(execution.plan, member)
        with showing(member, plan) as listen:
            one = replace(execution, plan=plan, given=given, listen=listen, template=execution.plan.digest)
            report = one.run()
        yield MemberRun(member, plan, report)
        settled = [outcome for outcome in report.outcomes if outcome.name in shared]
        if any(outcome.status == "failed" for outcome in settled):
            return
        given = {outcome.name: replace(outcome, status="reused") for outcome in settled if outcome.action}
