"""`headrace lint`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from headrace.editor.writing import refresh
from headrace.errors import EXIT_FAILED, EXIT_OK, Diagnostic, UsageError
from headrace.lint import lint
from headrace.project import Project, find_project


def run(arguments: argparse.Namespace) -> int:
    """Every problem of every pipeline at once; 1 if there is any."""
    if arguments.explain:
        return _explain(arguments.explain)
    project = find_project()
    names = _named(project, arguments.files)
    found = lint(project, names)
    refresh(project)
    _FORMATS[arguments.format](found, len(names))
    return EXIT_FAILED if found else EXIT_OK


def _explain(code: str) -> int:
    from headrace.config.codes import CODES

    if code.upper() not in CODES:
        raise UsageError(f"there is no code {code}", remedy=f"the codes are {', '.join(CODES)}")
    meaning, explanation = CODES[code.upper()]
    print(f"{code.upper()}: {meaning}\n\n{explanation}")
    return EXIT_OK


def _named(project: Project, words: list[str]) -> list[str]:
    """The pipelines that are meant: by name, by file, or all of them for any other file under conf/."""
    everything = project.pipelines()
    if not words:
        return everything
    names: list[str] = []
    for word in words:
        path = Path(word).resolve()
        if word in everything:
            names.append(word)
        elif path.parent == (project.conf / "pipeline").resolve() and path.stem in everything:
            names.append(path.stem)
        elif path.is_relative_to(project.conf.resolve()) and path.exists():
            return everything
        else:
            raise UsageError(
                f"{word} is neither a pipeline nor a file under {project.conf}",
                remedy=f"the pipelines are {', '.join(everything)}",
            )
    return names


def _as_text(found: Sequence[Diagnostic], checked: int) -> None:
    for diagnostic in found:
        print(diagnostic)
    pipelines = f"{checked} pipeline{'' if checked == 1 else 's'}"
    problems = f"{len(found)} problem{'' if len(found) == 1 else 's'}" if found else "no problems"
    print(f"{pipelines}: {problems}")


def _as_json(found: Sequence[Diagnostic], checked: int) -> None:
    del checked
    print(json.dumps([diagnostic.as_json() for diagnostic in found], ensure_ascii=False))


def _as_github(found: Sequence[Diagnostic], checked: int) -> None:
    """Workflow commands that put a note on the line of a pull request."""
    del checked
    for diagnostic in found:
        facts = diagnostic.as_json()
        named = {"file": facts["file"], "line": facts["line"], "col": facts["column"], "title": diagnostic.code}
        where = ",".join(f"{name}={value}" for name, value in named.items() if value)
        text = "; ".join(part for part in (diagnostic.message, diagnostic.remedy) if part)
        escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::{diagnostic.severity} {where}::{escaped}")


_FORMATS = {"text": _as_text, "json": _as_json, "github": _as_github}
