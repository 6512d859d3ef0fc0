"""Calls a stage as a run would: with its slice, its inputs and an empty folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from headrace.stages.contract import StageContext, World


@dataclass
class Notes:
    """A log that remembers."""

    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def info(self, event: str, **facts: Any) -> None:
        self.events.append(("info", event, facts))

    def warning(self, event: str, **facts: Any) -> None:
        self.events.append(("warning", event, facts))

    @property
    def warnings(self) -> list[tuple[str, dict[str, Any]]]:
        return [(event, facts) for level, event, facts in self.events if level == "warning"]


def world(root: Path) -> World:
    return World(root, root / ".headrace", lambda path: sha256(path.read_bytes()).hexdigest())


def context(
    config: Mapping[str, Any],
    out: Path,
    inputs: Mapping[str, Path] | None = None,
    *,
    root: Path | None = None,
    as_of: datetime | None = None,
    observed: Mapping[str, Any] | None = None,
) -> StageContext:
    out.mkdir(parents=True, exist_ok=True)
    return StageContext(
        config=config,
        inputs=inputs or {},
        out=out,
        observed=observed or {},
        log=Notes(),
        as_of=as_of,
        root=root or out.parent,
    )


def outputs(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
