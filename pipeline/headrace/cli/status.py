"""`headrace status`."""

from __future__ import annotations

import argparse
import json

from headrace.cli.explain import words
from headrace.cli.run import moment
from headrace.errors import EXIT_FAILED, EXIT_OK
from headrace.plan.loading import load
from headrace.project import find_project
from headrace.run import Execution


def run(arguments: argparse.Namespace) -> int:
    """Say what would run now and why, without running it; with --exit-code 1 if there is anything."""
    from headrace.status import status
    from headrace.status.text import lines

    project = find_project()
    stage, overrides = words(arguments.overrides, "stage")
    plan = load(project, arguments.pipeline, overrides).require()
    found = status(Execution(plan, project, as_of=moment(arguments.as_of)), stage or None)
    print(json.dumps(found.to_json(), ensure_ascii=False) if arguments.json else "\n".join(lines(found)))
    return EXIT_FAILED if arguments.exit_code and found.something else EXIT_OK
