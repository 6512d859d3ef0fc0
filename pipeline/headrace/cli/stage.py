"""`headrace stage`: how a scheduler runs a stage, or several that share a task, in a process of its own."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from headrace.cli.lifeline import hold_lifeline
from headrace.cli.run import moment
from headrace.cli.wording import detail
from headrace.errors import EXIT_OK, EXIT_REFUSED, HeadraceError, UsageError, process_exit_code
from headrace.failures import failure_kind
from headrace.plan.loading import load
from headrace.plan.model import Plan
from headrace.plan.recipe import recipe_of
from headrace.project import Project, find_project
from headrace.run import Execution, RunReport
from headrace.run.engine import Event, Listener
from headrace.run.outcome import Outcome
from headrace.stages.table import kind_of
from headrace.store import LocalStore


def run(arguments: argparse.Namespace) -> int:
    """Run the stages; the last line on stdout is one JSON document, the exit code says what kind of failure it was."""
    hold_lifeline()
    project = find_project()
    plan: Plan | None = None
    try:
        plan = _plan(project, arguments)
        names = tuple(stage.name for stage in plan.stages) if arguments.all else _named(plan, arguments.stages)
        _same_code(plan, names)
        execution = Execution(
            plan,
            project,
            as_of=moment(arguments.as_of),
            listen=_teller(names),
            skipped=frozenset(arguments.skipped),
        )
        run_id = arguments.run_id
        if arguments.member is not None or arguments.param:
            from headrace.cli.filling import filled  # the schema: only where a hole is to be filled

            execution, run_id = filled(execution, run_id, arguments.member, arguments.param)
            plan = execution.plan
            _same_code(plan, names)  # another worker may have filled it
        report = execution.run_stages(names, run_id)
    except HeadraceError as error:
        return _failed(error, plan, arguments)
    if report.error is not None:
        return _failed(report.error, plan, arguments, report)
    print(json.dumps(_document(report, names)), flush=True)
    return EXIT_REFUSED if any(outcome.refused for outcome in report.outcomes if outcome.name in names) else EXIT_OK


def _plan(project: Project, arguments: argparse.Namespace) -> Plan:
    if arguments.plan is None:
        return load(project, arguments.pipeline).require()
    document = LocalStore(project.home / "store").get_document("plans", arguments.plan)
    if document is not None:
        return Plan.from_json(document)
    plan = load(project, arguments.pipeline).require()
    if plan.digest != arguments.plan:
        raise UsageError(
            f"plan {arguments.plan[:12]} is not in the store; {plan.pipeline} now compiles to {plan.digest[:12]}",
            remedy="start a new run for the new plan",
        )
    return plan


def _named(plan: Plan, wanted: Sequence[str]) -> tuple[str, ...]:
    names = [stage.name for stage in plan.stages]
    for name in wanted or [""]:
        if name not in names:
            message = f"{plan.pipeline} has no stage {name!r}" if name else "no stage is named"
            raise UsageError(message, remedy=f"its stages are {', '.join(names)}")
    return tuple(dict.fromkeys(wanted))


def _same_code(plan: Plan, names: tuple[str, ...]) -> None:
    """A worker whose code differs from the plan's would make something else under the plan's name."""
    for stage in (plan.stage(name) for name in names):
        kind = kind_of(stage.type)
        if recipe_of(stage.type, stage.config, kind.runner, stage.distributions) != stage.recipe:
            raise UsageError(
                f"stage {stage.name}: the code or packages here differ from those the plan was made with",
                remedy="compile again (`headrace compile`) and start a new run, or give the worker the plan's versions",
            )


def _teller(names: tuple[str, ...]) -> Listener:
    """Says what becomes of these stages; of earlier ones only when they have to be made again."""

    begun: set[str] = set(names)

    def say(event: Event) -> None:
        if event.status == "started":
            begun.add(event.stage)
        if event.stage in begun or event.status == "failed":
            status = "refused" if event.refused else event.status
            time = f" in {event.seconds:.1f} s" if event.status == "ran" else ""
            remark = detail(event.stage, event.facts).removeprefix("refused: ")
            print(f"{event.stage}: {status}{time}{f' ({remark})' if remark else ''}", flush=True)

    return say


def _document(report: RunReport, names: tuple[str, ...]) -> dict[str, object]:
    own = [outcome for outcome in report.outcomes if outcome.name in names]
    if len(own) == 1:
        told = {"stage": own[0].name, "facts": dict(own[0].facts), "run_id": report.run_id, "plan": report.plan_digest}
        return {**_told(own[0]), **told}
    document = {**report.to_json(), "stages": [_told(outcome) for outcome in own]}
    refused = next((outcome.name for outcome in own if outcome.refused), None)
    if refused is not None:
        document["stage"] = refused
    if all(outcome.status == "skipped" for outcome in own):
        document["status"] = "skipped"
    return document


def _told(outcome: Outcome) -> dict[str, object]:
    status = "refused" if outcome.refused else outcome.status
    return {"name": outcome.name, "status": status, "seconds": round(outcome.seconds, 3)}


def _failed(
    error: HeadraceError, plan: Plan | None, arguments: argparse.Namespace, report: RunReport | None = None
) -> int:
    if error.key and error.place is None and plan is not None:
        error.place = plan.place_of(error.key)
    for diagnostic in error.diagnostics:
        print(diagnostic, file=sys.stderr)
    diagnostics = [diagnostic.as_json() for diagnostic in error.diagnostics]
    outcomes = report.outcomes if report else ()
    document = {
        "stage": next((outcome.name for outcome in outcomes if outcome.error is not None), _only(arguments.stages)),
        "status": "failed",
        "diagnostics": diagnostics,
        "failure": failure_kind(error) if error.retryable else None,
        "stages": [_told(outcome) for outcome in outcomes],
    }
    print(json.dumps(document), flush=True)
    return process_exit_code(error)


def _only(names: Sequence[str]) -> str | None:
    return names[0] if len(names) == 1 else None
