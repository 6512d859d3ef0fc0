"""What a stage is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol


class Log(Protocol):
    """The part of a structured logger that a stage uses: an event and its facts."""

    def info(self, event: str, **facts: Any) -> Any:
        """Something happened."""

    def warning(self, event: str, **facts: Any) -> Any:
        """Something happened that somebody should look at."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """Which run a stage works for. Only effects may look at it: a pure stage's result depends on no run."""

    run_id: str
    pipeline: str
    plan_digest: str
    started: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the run projects to MLflow besides its stages' outputs: plan, timings, git state, parent run, its page in a
    scheduler."""


@dataclass(frozen=True, slots=True)
class StageContext:
    """All that a stage may see: its slice, its inputs' files, the clock and what was observed outside."""

    config: Mapping[str, Any]
    """The stage's slice, JSON; secrets are resolved."""
    inputs: Mapping[str, Path]
    """Verified, read-only files by input name. An input `*` of stage S is spread as `NAME/OUTPUT`."""
    out: Path
    """An empty folder. Every file written here becomes an output named by its path in the folder."""
    observed: Mapping[str, Any]
    """What the kind's `observe` saw when the key was made."""
    log: Log
    as_of: datetime | None = None
    """End of the data interval (UTC); none: everything there is."""
    run: RunInfo | None = None
    """Effects only."""
    root: Path = Path()
    """The project folder: relative source paths start here."""
    home: Path = Path(".headrace")
    """Where state lives; effects only."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage says about its outputs."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    """Small JSON for summaries: row counts, scores, the version made."""
    holds_after: datetime | None = None
    """A result that took everything there was holds for every `as_of` after this moment."""
    refused: bool = False
    """A gate said no: what depends on it is skipped, and that is not a failure."""


@dataclass(frozen=True, slots=True)
class World:
    """What a kind may look at outside the store when a key is made."""

    root: Path
    """The project folder: relative source paths start here."""
    home: Path
    """Where state lives."""
    digest_file: Callable[[Path], str]
    """sha256 of a file, remembered by its size and modification time."""
    candidate: str | None = None
    """Content digest of the model that this run decides on."""
    clock: datetime | None = None
    """The moment that the run looks from; none: from now."""


Runner = Callable[[StageContext], StageResult]
Observer = Callable[[Mapping[str, Any], World], Mapping[str, Any]]
