"""`headrace run` of a pipeline of many models: progress under each one's name, and one table at the end."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from headrace.cli.progress import progress
from headrace.cli.wording import seconds_text
from headrace.errors import HeadraceError
from headrace.plan.members import Member
from headrace.plan.model import Plan
from headrace.run import Execution
from headrace.run.engine import Listener
from headrace.run.member_summary import table
from headrace.run.members import MemberRun, MembersReport, chosen_members, run_members


def run_each(execution: Execution, arguments: argparse.Namespace) -> int:
    """Run every member, or those that `--only` names; print one table; the exit code of all together."""
    chosen = chosen_members(execution.plan, arguments.only)

    @contextmanager
    def showing(member: Member, plan: Plan) -> Iterator[Listener]:
        if not arguments.json:
            print(member.label, flush=True)
        with progress(plan, quiet=arguments.json) as listen:
            yield listen

    report = run_members(execution, chosen, showing)
    if arguments.json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        print("\n".join(["", *summary(report)]))
    for run in report.runs:
        if run.report.error is not None:
            _tell(run, run.report.error, debug=arguments.debug)
    return report.exit_code


def summary(report: MembersReport) -> list[str]:
    """One line for each member, and one for all."""
    *lines, counts = table([run.outcome for run in report.runs])
    return [*(f"  {line}" for line in lines), f"{report.pipeline}: {counts} in {seconds_text(report.seconds)}"]


def _tell(run: MemberRun, error: HeadraceError, *, debug: bool) -> None:
    if error.key and error.place is None:
        error.place = run.plan.place_of(error.key)
    if debug:
        raise error
    for diagnostic in error.diagnostics:
        print(f"{run.member.label}: {diagnostic}", file=sys.stderr)
