"""What a compilation looked at, so that it is known when to compile again: no sooner, and no later."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from headrace.plan.fingerprint import Fingerprint, fingerprint, names_in


@dataclass(slots=True)
class Consulted:
    """Kept also where the compilation fails: what mends it is a change of one of these."""

    files: dict[str, Fingerprint] = field(default_factory=dict)
    """Path -> what it was before it was read; None for a path at which there was nothing."""
    folders: dict[str, str | None] = field(default_factory=dict)
    """Folder whose names were listed -> a digest of them; None for one that was not there."""
    environment: dict[str, str | None] = field(default_factory=dict)
    """Environment variable -> its value; None where it was not set."""

    def file(self, path: str | os.PathLike[str]) -> None:
        """To be called before the file is read or asked for: an edit in between then counts as a change."""
        name = os.fspath(path)
        if name not in self.files:
            self.files[name] = fingerprint(name)

    def folder(self, path: str | os.PathLike[str]) -> None:
        """To be called before the folder is listed."""
        name = os.fspath(path)
        if name not in self.folders:
            self.folders[name] = names_in(name)
