"""`headrace doctor`."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict

from headrace.counted import counted
from headrace.doctor import Finding, Patient, examine
from headrace.errors import EXIT_FAILED, EXIT_OK, UsageError
from headrace.project import Project, find_project


def run(arguments: argparse.Namespace) -> int:
    """Examine the installation and, where there is one, the project; 1 if anything fails."""
    from headrace.doctor.table import CHECKS, WITH_AIRFLOW

    patient = Patient(_project(arguments.project), dict(os.environ))
    found = examine(patient, (*CHECKS, *(WITH_AIRFLOW if arguments.dags else ())))
    print(_as_json(found) if arguments.json else _as_table(found))
    return EXIT_FAILED if any(finding.status == "fail" for finding in found) else EXIT_OK


def _project(named: str | None) -> Project | None:
    """The project, if we are in one; one that was named must be there."""
    try:
        return find_project()
    except UsageError:
        if named:
            raise
        return None


def _as_json(found: Sequence[Finding]) -> str:
    counts = {status: sum(finding.status == status for finding in found) for status in ("ok", "warn", "fail")}
    return json.dumps({"findings": [asdict(finding) for finding in found], **counts}, ensure_ascii=False)


def _as_table(found: Sequence[Finding]) -> str:
    width = max(len(finding.subject) for finding in found)
    lines = []
    for finding in found:
        lines.append(f"{finding.status:<4}  {finding.subject:<{width}}  {finding.message}")
        if finding.remedy:
            lines.append(f"{'':<{width + 8}}remedy: {finding.remedy}")
    fail = sum(finding.status == "fail" for finding in found)
    warn = sum(finding.status == "warn" for finding in found)
    return "\n".join([*lines, "", _verdict(fail, warn)])


def _verdict(fail: int, warn: int) -> str:
    if not fail and not warn:
        return "everything is fine"
    return ", ".join([*([f"{fail} failed"] if fail else []), *([counted(warn, "warning")] if warn else [])])
