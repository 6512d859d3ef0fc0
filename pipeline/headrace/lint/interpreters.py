"""Interpreters that stages run with, where they are files of the project: whether they are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.errors import Diagnostic

if TYPE_CHECKING:
    from headrace.config.composed import Composed
    from headrace.config.schema import Spec


def not_there(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """A warning for each: the environment may be made before the DAG runs, or on another machine."""
    for path, python, file in _of_project(spec, composed.root):
        if not file.exists():
            message = f"the interpreter `{python}` is not there: its stages cannot start"
            remedy = f"make its environment: python -m venv {file.parent.parent.relative_to(composed.root).as_posix()}"
            if file.parent.name not in {"bin", "Scripts"} or file.parent.parent == composed.root:
                remedy = "make its environment, or write the path of another"
            yield composed.diagnostic("HR399", message, composed.place_of(path), remedy, "warning")


def files_of(spec: Spec, root: Path) -> list[Path]:
    """The interpreters that are files of the project, there or not."""
    return [file for _, _, file in _of_project(spec, root)]


def _of_project(spec: Spec, root: Path) -> Iterator[tuple[str, str, Path]]:
    """(key, as it is written, file) of the interpreters of this machine that lie in the project."""
    from headrace.config.rules.places import placements, written

    told: set[str] = set()
    for stage, placement in placements(spec).items():
        python, path = placement.python, written(spec, stage, "python")
        # A name alone is looked for on the PATH; a container has interpreters of its own.
        if placement.type != "process" or python is None or "/" not in python or path in told:
            continue
        told.add(path)
        file = root / Path(python).expanduser()
        if file.is_relative_to(root):
            yield path, python, file
