"""Option files as a tree: what a pipeline is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from headrace.errors import Place


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice of an option, where it was made."""

    place: Place
    option: str


@dataclass(frozen=True, slots=True)
class OptionFile:
    """A file of the configuration, and the files that its defaults list brings in."""

    label: str
    """`group: option`, or the config path of a file that is no option."""
    file: str
    """As messages name it; empty where nothing is chosen."""
    package: str
    """Where its values land; empty: at the top."""
    chosen: tuple[Selection, ...] = ()
    """Who chose it: the last word first, then whose choice it replaced."""
    inside: tuple[OptionFile, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The tree as JSON."""
        return {
            "label": self.label,
            "file": self.file,
            "package": self.package,
            "chosen": [{"option": item.option, "written": str(item.place)} for item in self.chosen],
            "inside": [child.to_json() for child in self.inside],
        }
