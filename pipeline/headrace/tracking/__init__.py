"""Runs as MLflow shows them. Importing this imports nothing of MLflow."""

from headrace.tracking.database import prepare
from headrace.tracking.runs import (
    Dataset,
    Projection,
    RunKey,
    TrackedRun,
    abandon,
    ensure_run,
    project,
)
from headrace.tracking.settings import Settings, tracking_settings

__all__ = [
    "Dataset",
    "Projection",
    "RunKey",
    "Settings",
    "TrackedRun",
    "abandon",
    "ensure_run",
    "prepare",
    "project",
    "tracking_settings",
]
