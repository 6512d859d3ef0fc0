"""What a check is given, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from headrace.project import Project

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    status: Status
    subject: str
    """What was looked at: `Python`, `MLflow server`."""
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined."""

    project: Project | None
    """None outside of a project: what concerns one is then not looked at."""
    environment: Mapping[str, str]
    """The process's environment variables."""


@dataclass(frozen=True, slots=True)
class Check:
    """A function that looks at one thing, and how long it may take."""

    subject: str
    look: Callable[[Patient], Iterable[Finding]]
    patience: float = 4.0
    """Seconds."""
