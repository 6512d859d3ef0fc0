"""`headrace schema`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from headrace.editor.catalog import read_catalog
from headrace.editor.documents import documents
from headrace.editor.wiring import wire
from headrace.editor.writing import schema_folder, write_schemas
from headrace.errors import EXIT_OK, UsageError
from headrace.project import Project, find_project


def run(arguments: argparse.Namespace) -> int:
    """Print one schema, or write them all and tell the editor."""
    project = find_project()
    if arguments.group:
        return _print(project, arguments.group)
    folder = Path(arguments.out) if arguments.out else schema_folder(project)
    try:
        made = write_schemas(project, folder)
    except OSError as error:
        said = f"{folder} cannot be written: {error.strerror or error}"
        raise UsageError(said, remedy="name another folder with --out") from None
    size = sum(path.stat().st_size for path in made) / 1e6
    print(f"{_shown(folder)}: {len(made)} schemas, {size:.1f} MB")
    if arguments.wire:
        _wire(project, [path.stem for path in made])
    return EXIT_OK


def _print(project: Project, group: str) -> int:
    found = documents(read_catalog(project))
    if group not in found:
        raise UsageError(f"there is no schema `{group}`", remedy=f"there are {', '.join(sorted(found))}")
    print(json.dumps(found[group], indent=2, ensure_ascii=False))
    return EXIT_OK


def _wire(project: Project, names: list[str]) -> None:
    done = wire(project, names)
    if done.missing:
        print(f"{_shown(done.path)} is not plain JSON, so it is left alone; add this to it:")
        print(json.dumps(done.missing, indent=2))
    else:
        print(f"{_shown(done.path)}: {'written' if done.changed else 'names them already'}")


def _shown(path: Path) -> str:
    """As short as it can be written from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
