"""What became of the members of a run, in one table: from their reports, or from what the store keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from headrace.plan.model import Plan
from headrace.run.outcome import Outcome, RunReport
from headrace.run.record import finish, member_run_id, noted_failure, noted_outcome, record_of
from headrace.store import Store

#: What became of a member's model. `unchanged`: nothing ran. `done`: it ran, and no alias was moved.
Verdict = Literal["promoted", "refused", "failed", "unchanged", "done"]


@dataclass(frozen=True, slots=True)
class MemberOutcome:
    """One line of the table."""

    label: str
    verdict: Verdict
    model: str = ""
    metric: str = ""
    why: str = ""
    """The reason of a failure or a refusal."""


def verdict_of(report: RunReport) -> Verdict:
    """What became of the model of one run, in a word."""
    if report.status != "done":
        return report.status
    promote = next((outcome for outcome in report.outcomes if outcome.name == "promote"), None)
    if promote is not None and promote.status == "ran" and promote.facts.get("promoted"):
        return "promoted"
    return "done" if report.did_work else "unchanged"


def outcome_of(label: str, report: RunReport) -> MemberOutcome:
    """The line of a member whose run ended."""
    model = report.model
    scores = report.facts("evaluate").get("test") or {}
    metric = next((f"{name} {value:.4f}" for name, value in scores.items() if value is not None), "")
    version = f"{model['name']} version {model['version']}" if model else ""
    return MemberOutcome(label, verdict_of(report), version, metric, _why(report))


def noted_members(store: Store, run_id: str, labels: Iterable[str]) -> tuple[MemberOutcome, ...]:
    """What the store keeps of the members of a scheduler's run: one that did not come to its last stage failed."""
    return tuple(_noted(store, run_id, label) for label in labels)


def close_run(store: Store, run_id: str, members: Sequence[MemberOutcome]) -> None:
    """Say how the run ended that the members are parts of."""
    record = record_of(store, run_id)
    verdicts = {member.verdict for member in members}
    if record is not None:
        finish(store, record, next((word for word in ("failed", "refused") if word in verdicts), "done"))


def table(members: Sequence[MemberOutcome]) -> list[str]:
    """A line for each member below a head, and one that counts them."""
    rows = [("member", "", "model", "metric", "")]
    rows += [(one.label, one.verdict, one.model, one.metric, one.why) for one in members]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    verdicts = [member.verdict for member in members]
    return [*lines, ", ".join(f"{verdicts.count(word)} {word}" for word in dict.fromkeys(verdicts))]


def _why(report: RunReport) -> str:
    if report.error is not None:
        return report.error.diagnostics[0].message
    refused = [gate for gate in report.facts("gate").get("gates", ()) if not gate["passed"]]
    return str(refused[0]["reason"]) if refused else ""


def _noted(store: Store, run_id: str, label: str) -> MemberOutcome:
    record = record_of(store, member_run_id(run_id, label))
    if record is None:
        return MemberOutcome(label, "failed", why="none of its stages has run")
    document = store.get_document("plans", record.plan_digest)
    if document is None:
        return MemberOutcome(label, "failed", why="its plan is not in the store")
    plan = Plan.from_json(document)
    found = {stage.name: noted_outcome(store, record, stage.name) for stage in plan.stages}
    missing = next((name for name, outcome in found.items() if outcome is None), None)
    outcomes = tuple(outcome for outcome in found.values() if outcome is not None)
    if missing is not None:
        outcomes = (*outcomes, Outcome(missing, "failed"))
    report = RunReport(plan.pipeline, plan.digest, record.run_id, outcomes, 0.0)
    line = outcome_of(label, report)
    if missing is None:
        return line
    why = noted_failure(store, record.run_id, missing) or f"{missing} did not end"
    return replace(line, verdict="failed", why=why)
