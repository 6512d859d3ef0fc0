"""`headrace compile`."""

from __future__ import annotations

import argparse
import json
import sys

from headrace.editor.writing import refresh
from headrace.errors import EXIT_FAILED, EXIT_OK
from headrace.plan.cache import Compiled
from headrace.plan.loading import Request, load_all
from headrace.project import find_project


def run(arguments: argparse.Namespace) -> int:
    """Compile what changed; one broken pipeline does not keep the others from being compiled."""
    project = find_project()
    results = load_all(project, [Request(name) for name in arguments.pipelines or project.pipelines()])
    refresh(project)
    if arguments.json:
        print(json.dumps({"pipelines": [_as_json(result) for result in results]}))
    else:
        for result in results:
            state = f"plan {result.plan.digest[:12]}" if result.plan else f"{len(result.diagnostics)} problems"
            print(f"{result.name}: {state}")
            for diagnostic in result.diagnostics:
                print(diagnostic, file=sys.stderr)
    return EXIT_OK if all(result.plan for result in results) else EXIT_FAILED


def _as_json(result: Compiled) -> dict[str, object]:
    return {
        "name": result.name,
        "plan": result.plan.digest if result.plan else None,
        "diagnostics": [diagnostic.as_json() for diagnostic in result.diagnostics],
    }
