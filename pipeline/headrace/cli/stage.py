"""`headrace stage`: how a scheduler runs one stage in a process of its own."""

from __future__ import annotations

import argparse
import json
import sys

from headrace.cli.run import moment
from headrace.errors import EXIT_OK, EXIT_REFUSED, HeadraceError, UsageError, process_exit_code
from headrace.plan.loading import load
from headrace.plan.model import Plan
from headrace.plan.recipe import recipe_of
from headrace.project import Project, find_project
from headrace.run import Execution, RunReport
from headrace.run.engine import Event, Listener
from headrace.stages.table import kind_of
from headrace.store import LocalStore


def run(arguments: argparse.Namespace) -> int:
    """Run the stage; the last line on stdout is one JSON document, the exit code says what kind of failure it was."""
    project = find_project()
    plan: Plan | None = None
    try:
        plan = _plan(project, arguments)
        names = tuple(stage.name for stage in plan.stages) if arguments.all else (_named(plan, arguments.stage),)
        _same_code(plan, names)
        execution = Execution(
            plan,
            project,
            as_of=moment(arguments.as_of),
            listen=_teller(names),
            skipped=frozenset(arguments.skipped),
        )
        report = execution.run_stages(names, arguments.run_id)
    except HeadraceError as error:
        return _failed(error, plan, arguments)
    if report.error is not None:
        return _failed(report.error, plan, arguments, report)
    print(json.dumps(_document(report, arguments.stage)), flush=True)
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


def _named(plan: Plan, name: str | None) -> str:
    names = [stage.name for stage in plan.stages]
    if name not in names:
        raise UsageError(f"{plan.pipeline} has no stage {name!r}", remedy=f"its stages are {', '.join(names)}")
    return str(name)


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

    def say(event: Event) -> None:
        if event.stage in names or event.status not in {"reused", "skipped"}:
            print(f"{event.stage}: {'refused' if event.refused else event.status}", flush=True)

    return say


def _document(report: RunReport, stage: str | None) -> dict[str, object]:
    document = report.to_json()
    own = next((outcome for outcome in report.outcomes if outcome.name == stage), None)
    if own is None:
        return document
    return {
        "stage": own.name,
        "status": "refused" if own.refused else own.status,
        "seconds": round(own.seconds, 3),
        "facts": dict(own.facts),
        "run_id": report.run_id,
        "plan": report.plan_digest,
    }


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
        "stage": next((outcome.name for outcome in outcomes if outcome.error is not None), arguments.stage),
        "status": "failed",
        "diagnostics": diagnostics,
        "stages": [{"name": outcome.name, "status": outcome.status} for outcome in outcomes],
    }
    print(json.dumps(document), flush=True)
    return process_exit_code(error)
