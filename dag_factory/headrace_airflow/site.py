"""Where a DAG's stages find their project."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from headrace.project import Project


class Site(NamedTuple):
    """The folders that a stage works in, on the machine where it runs."""

    root: str
    """The project's folder."""
    home: str
    """Where its state lives."""

    @property
    def project(self) -> Project:
        """The same, as headrace knows it."""
        return Project(Path(self.root), Path(self.home))
