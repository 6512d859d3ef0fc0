"""What composition yields: plain values, and where each of them was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headrace.config.excerpt import excerpt
from headrace.errors import Diagnostic, Place, Severity
from headrace.plan.environment import GROUP
from headrace.plan.model import Writing


@dataclass(frozen=True)
class Composed:
    """One pipeline's configuration, composed and resolved but not yet checked against the schema."""

    values: dict[str, Any]
    """Plain values. Interpolations are resolved; `${secret:NAME}` stands as it was written."""
    places: dict[str, Place]
    """Dotted path (`gates.0.min`) -> where the final value was written; a mapping's place is that of its key."""
    files: tuple[Path, ...]
    """Every file that was read."""
    notes: tuple[str, ...] = ()
    """What a reader should know about how the values came about."""
    env: dict[str, str | None] = field(default_factory=dict)
    """Environment variables that the values depend on; None: not set, the default was taken."""
    keys: dict[str, Place] = field(default_factory=dict, repr=False)
    """Dotted path -> where its key was written."""
    history: Mapping[str, tuple[Writing, ...]] = field(default_factory=dict, repr=False)
    """Dotted path -> what else was written there, the latest first."""
    environment: str | None = None
    """The option of the group `env`, where the project has environments."""
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """File, as places name it -> its text, for excerpts."""
    root: Path = field(default=Path(), compare=False)
    """The project's folder, from which relative paths start."""

    def place_of(self, path: str) -> Place | None:
        """Where a value was written; for a missing one, the place of the nearest parent that is there."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path.rpartition(".")[0]
        return self.places.get("")

    def key_of(self, path: str) -> Place | None:
        """Where the key of a value was written; the value's place where it has no key of its own."""
        return self.keys.get(path) or self.place_of(path)

    def is_of_environment(self, path: str) -> bool:
        """Whether the environment wrote the value, which is on purpose and holds in it alone."""
        place = self.place_of(path)
        return place is not None and place.file.endswith(f"/{GROUP}/{self.environment}.yaml")

    def diagnostic(
        self, code: str, message: str, place: Place | None, remedy: str = "", severity: Severity = "error"
    ) -> Diagnostic:
        """A diagnostic with the excerpt of the file that the place names."""
        text = self.texts.get(place.file, "") if place else ""
        return Diagnostic(code, message, place, remedy, severity, excerpt=excerpt(text, place))
