"""`headrace new`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.project import find_project

if TYPE_CHECKING:
    from headrace.scaffold.decide.draft import Draft
    from headrace.scaffold.pipeline import NewPipeline


def run(arguments: argparse.Namespace) -> int:
    """Write the files of a pipeline for a table, and say what was guessed and what to do next."""
    project = find_project()
    from headrace.scaffold.pipeline import plan_pipeline, write_pipeline

    new = plan_pipeline(project, arguments.name, Path(arguments.data), arguments.column, arguments.task)
    if arguments.dry_run:
        for path, text in new.files.items():
            print(f"# ---- {path}\n{text}")
        return 0
    write_pipeline(project, new, force=arguments.force)
    for line in _said(new):
        print(line)
    return 0


def _said(new: NewPipeline) -> Iterator[str]:
    draft = new.draft
    name = draft.name
    yield f"{draft.rows + draft.target.missing:,} rows, {len(draft.columns)} columns"
    if new.copy:
        yield f"  {new.copy[1]}    copied from {new.copy[0]}"
    yield from (f"  {path}" for path in new.files)
    yield ""
    assert draft.split is not None
    guesses = [
        *(note for notes in draft.source_notes.values() for note in notes),
        *draft.target.notes,
        f"features: {len(draft.numeric)} numeric, {len(draft.categorical)} categorical; {_left_out(draft)}",
        f"split: {draft.split.split.method}, since {draft.split.why}",
        f"model: {draft.model_option}",
        *draft.model_notes,
    ]
    yield "guessed (each with its reason in the files):"
    yield from (f"  {guess}" for guess in guesses)
    yield ""
    yield "next:"
    yield f"  headrace lint {name}    check the files"
    yield f"  headrace run {name}     train, gate and register a first model"


def _left_out(draft: Draft) -> str:
    names = [column.name for column in draft.columns if column.role in ("out", "id", "group")]
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return f"left out: {shown}" if names else "none left out"
