"""`headrace run`."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from dataclasses import replace
from datetime import datetime

from headrace.cli.progress import progress
from headrace.cli.wording import summary
from headrace.clock import parse_moment
from headrace.counted import counted
from headrace.errors import UsageError
from headrace.plan.environment import in_environment
from headrace.plan.loading import load
from headrace.plan.members import is_open
from headrace.plan.model import Plan
from headrace.project import Project, find_project
from headrace.run import Execution, RunReport


def run(arguments: argparse.Namespace) -> int:
    """Run a pipeline, or show how it is composed."""
    # Imports make millions of objects that live to the end: looking through them for garbage is a sixth of a run.
    gc.set_threshold(100_000, 50, 100)
    project = find_project()
    if arguments.cfg or arguments.info:
        return _show(project, arguments)
    if arguments.multirun:
        from headrace.cli.multirun import multirun

        return multirun(project, arguments)
    result = load(project, arguments.pipeline, arguments.overrides)
    plan = result.require()
    if not arguments.json:
        if result.diagnostics:
            count = len(result.diagnostics)
            print(f"note: {counted(count, 'warning')}: see headrace lint {plan.pipeline}")
        for note in plan.notes:
            print(f"note: {note}")
    execution = Execution(plan, project, as_of=moment(arguments.as_of))
    if is_open(plan.spec) or arguments.only:
        from headrace.cli.members import run_each

        return run_each(execution, arguments)
    with progress(plan, quiet=arguments.json) as listen:
        report = replace(execution, listen=listen).run()
    if arguments.json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        print("\n".join(summary(report, plan.spec["task"], plan.place_of)))
    gc.freeze()  # the process ends here: nothing is worth collecting
    return end(report, plan, debug=arguments.debug)


def moment(text: str | None) -> datetime | None:
    """The `--as-of` argument as a UTC time."""
    if text is None:
        return None
    try:
        return parse_moment(text)
    except ValueError as error:
        raise UsageError(f"--as-of: {error}") from None


def end(report: RunReport, plan: Plan, *, debug: bool) -> int:
    """Print what failed, placed where the value at fault was written; returns the exit code."""
    error = report.error
    if error is not None:
        if error.key and error.place is None:
            error.place = plan.place_of(error.key)
        if debug:
            raise error
        for diagnostic in error.diagnostics:
            print(diagnostic, file=sys.stderr)
    return report.exit_code


def _show(project: Project, arguments: argparse.Namespace) -> int:
    from headrace.config.compose import show

    kind = "cfg" if arguments.cfg else "info"
    overrides = in_environment(arguments.overrides)
    print(show(project.conf, arguments.pipeline, overrides, kind, arguments.cfg or arguments.info).rstrip())
    return 0
