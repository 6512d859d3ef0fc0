"""Looks at one file below conf/. It imports the YAML reader and the schema, so only what changed comes here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from headrace.config import choices, file_schema, nodes, yaml_text
from headrace.config.yaml_survey import UnfitError
from headrace.errors import Diagnostic, Place
from headrace.lint.allowances import allowances
from headrace.lint.files import FileFacts
from headrace.lint.walk import Found


def look_at(found: Found) -> FileFacts:
    """Read one YAML or SQL file, and say what it chooses and what is wrong with it."""
    if found.path.suffix != ".yaml":
        return _look_at_sql(found)
    document = nodes.read(found.path, found.shown)
    made = choices.choices(found.config_path, document)
    entries = list(choices.entries(found.config_path, document))
    return FileFacts(
        found.shown,
        found.config_path,
        tuple(_in_document(found.config_path, document)),
        tuple(path for path, _ in entries),
        tuple((place.line or 1, place.column or 1) for _, place in entries),
        tuple(choice.group for choice in made if "${" in choice.text),
        tuple(allowances(document.text)),
        tuple(text for text in _texts(document) if text.endswith(".sql")),
    )


def _in_document(config_path: str, document: nodes.Document) -> Iterator[Diagnostic]:
    """Problems of one file; of several at one place, the first explains the others."""
    from headrace.config.compose.repository import file_problems, package_of

    said: list[Place] = []
    for problem in file_problems(config_path, document):
        said += [problem.place] if problem.place else []
        yield problem
    yield from choices.order(document)
    if nodes.is_empty(document):
        yield replace(nodes.empty_file(document), severity="warning")
    for problem in file_schema.problems(document, package_of(config_path, document)):
        if not any(_is_same(problem, place) for place in said):
            yield problem


def _is_same(problem: Diagnostic, said: Place) -> bool:
    """Whether a place is the problem's own, or lies within the key that is called unknown."""
    place = problem.place
    if place is None or problem.code != "HR140":
        return place == said
    return place.line == said.line and (place.column or 0) <= (said.column or 0) < (place.column or 0) + 20


def _look_at_sql(found: Found) -> FileFacts:
    shown = nodes.Document(found.shown)
    try:
        shown = nodes.Document(found.shown, yaml_text.decode(found.path.read_bytes()))
        yaml_text.check_conflict(shown.text)
    except UnfitError as error:
        place = Place(found.shown, error.point.line + 1, error.point.column + 1)
        text = getattr(error, "shown", shown.text)
        problem = nodes.Document(found.shown, text).diagnostic(error.code, str(error), place, error.remedy)
        return FileFacts(found.shown, found.config_path, (problem,))
    if not shown.text.strip():
        problem = Diagnostic("HR128", "the file holds no SQL", Place(found.shown, 1, 1), "write one SELECT")
        return FileFacts(found.shown, found.config_path, (problem,))
    return FileFacts(found.shown, found.config_path, allows=tuple(allowances(shown.text)))


def _texts(document: nodes.Document) -> Iterator[str]:
    for _, written in nodes.walk(document.root) if document.root else ():
        yield written.text
