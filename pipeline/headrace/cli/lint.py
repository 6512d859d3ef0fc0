"""`headrace lint`."""

from __future__ import annotations

import argparse
import time

from headrace.cli.lint_files import chosen
from headrace.cli.lint_formats import FORMATS, Told
from headrace.editor.writing import refresh
from headrace.errors import EXIT_FAILED, EXIT_OK, UsageError
from headrace.lint import lint
from headrace.project import find_project


def run(arguments: argparse.Namespace) -> int:
    """Every problem of every pipeline at once; 1 if there is any of those that are told."""
    if arguments.explain:
        return _explain(arguments.explain)
    started = time.perf_counter()
    project = find_project()
    choice = chosen(project, arguments.files)
    found = lint(project, choice.pipelines, choice.files, whole=False if arguments.files else None)
    refresh(project)
    if arguments.severity == "error":
        found = tuple(diagnostic for diagnostic in found if diagnostic.severity == "error")
    FORMATS[arguments.format](Told(found, len(choice.pipelines), time.perf_counter() - started))
    return EXIT_FAILED if found else EXIT_OK


def _explain(code: str) -> int:
    from headrace.config.codes import CODES

    if code.upper() not in CODES:
        raise UsageError(f"there is no code {code}", remedy=f"the codes are {', '.join(CODES)}")
    meaning, explanation = CODES[code.upper()]
    paragraph, *examples = explanation.split("\n")
    print("\n\n".join([f"{code.upper()}: {meaning}", paragraph, *(["\n".join(examples)] if examples else [])]))
    return EXIT_OK
