"""Registered models: versions, the champion, and how one follows another. Importing this imports nothing of MLflow."""

from headrace.registry.champion import Champion, find_champion, observe_champion, refresh_champions
from headrace.registry.promotion import HistoryEntry, Promotion, history, promote_version, rollback, set_champion
from headrace.registry.retrieval import ModelFiles, UnusableModelError, champion_files, version_files
from headrace.registry.versions import Candidate, Version, model_digest, register_version

__all__ = [
    "Candidate",
    "Champion",
    "HistoryEntry",
    "ModelFiles",
    "Promotion",
    "UnusableModelError",
    "Version",
    "champion_files",
    "find_champion",
    "history",
    "model_digest",
    "observe_champion",
    "promote_version",
    "refresh_champions",
    "register_version",
    "rollback",
    "set_champion",
    "version_files",
]
