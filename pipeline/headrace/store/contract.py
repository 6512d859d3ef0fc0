"""What every store can do. A backend is right when `tests/store/store_contract.py` passes on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Output:
    """A stored file: sha256 of its content, and its size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Action:
    """What one stage made, once."""

    key: str
    stage: str
    outputs: Mapping[str, Output]
    facts: Mapping[str, Any] = field(default_factory=dict)
    holds_after: str | None = None
    """ISO time; with no clock, the result holds for every clock after this."""
    refused: bool = False
    run_id: str = ""
    created: str = ""
    seconds: float = 0.0


class Store(Protocol):
    """Blobs first, then the action that names them: what is visible is whole."""

    def find(self, key: str) -> Action | None:
        """The action of that key, if it and all its blobs are there."""

    def commit(self, action: Action, files: Mapping[str, Path]) -> Action:
        """Take the files in, then make the action visible. The first commit of a key wins and is returned."""

    def alias(self, key: str, action: Action) -> None:
        """Make a committed action findable under another key too."""

    def read(self, output: Output) -> Path:
        """A read-only file with that content; DamagedBlobError if it is missing or altered (it is then removed)."""

    def workspace(self, label: str) -> AbstractContextManager[Path]:
        """An empty folder to write outputs in, removed at the end; may be left behind by a killed process."""

    def lock(self, name: str, *, wait: bool = True) -> AbstractContextManager[None]:
        """One holder at a time, on this machine; freed when its process ends, however it ends.

        BlockingIOError if somebody holds it and `wait` is false.
        """

    def put_document(self, kind: str, name: str, document: Mapping[str, Any]) -> None:
        """Write a small named JSON document (a plan, a run record), replacing it as a whole."""

    def create_document(self, kind: str, name: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Write a document that nobody has written yet; returns the one that is there, the first writer's."""

    def get_document(self, kind: str, name: str) -> dict[str, Any] | None:
        """The document, or None."""

    def documents(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """All documents of a kind, by name."""

    def recent_documents(self, kind: str) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """When it was written, and the document: all of a kind, the last written first, each read when asked for."""

    def actions(self) -> Iterator[Action]:
        """Every action."""
