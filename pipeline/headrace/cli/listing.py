"""`headrace list`."""

from __future__ import annotations

import argparse
from typing import Any

from headrace.plan.loading import Request, load_all
from headrace.plan.members import is_open, members
from headrace.project import find_project
from headrace.schedule import trigger_text


def run(arguments: argparse.Namespace) -> int:
    """One line a pipeline: what it predicts, with what, when."""
    del arguments
    project = find_project()
    results = load_all(project, [Request(name) for name in project.pipelines()])
    if not results:
        print(f"no pipelines yet: add a file to {project.conf / 'pipeline'}")
        return 0
    rows = [("pipeline", "task", "target", "model", "schedule", "")]
    rows += [_row(result.name, result.plan.spec if result.plan else None) for result in results]
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _row(name: str, spec: Any) -> tuple[str, str, str, str, str, str]:
    if spec is None:
        return (name, "", "", "", "", "broken: see `headrace lint`")
    target = (spec["target"] or {}).get("column", "")
    model = (spec["model"] or {}).get("type", "").rpartition(".")[2]
    if is_open(spec):
        model += f" x {len(members(spec['for_each']))}"
    return (name, spec["task"] or "data only", target, model, trigger_text(spec["schedule"]), "")
