"""What the store knows of a run: its MLflow run, what it brought, and what production follows. Nobody is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from headrace.run.outcome import Outcome
from headrace.run.record import latest_runs, noted_outcome, record_of
from headrace.store import LocalStore
from headrace.tracking.settings import is_link

#: Earlier runs that are looked through for the champion that they saw.
_EARLIER = 20


class RunFacts(NamedTuple):
    """What a notice may say of a run besides what happened."""

    mlflow: str = ""
    """Address of its MLflow run, or the run's id."""
    champion: str = ""
    """`version 3 of churn`; what only earlier runs saw says so."""
    brought: str = ""
    """What a run that succeeded has done to production."""
    refused: bool = False


def run_facts(home: Path, run: str, pipeline: str) -> RunFacts:
    """The facts of a run by its name in the store; what is not known is empty. OSError if the store cannot be read."""
    if not (home / "store").is_dir():
        return RunFacts()
    store = LocalStore(home / "store")
    promoted = _facts(store, run, "promote")
    gate = _noted(store, run, "gate")
    model, alias = _registered(store, run, pipeline)
    return RunFacts(
        mlflow=_mlflow(store, run),
        champion=_champion(store, home, run, pipeline, (model, alias)),
        brought=_brought(model, alias, promoted),
        refused=bool(gate and gate.refused),
    )


def _mlflow(store: LocalStore, run: str) -> str:
    tracked = _facts(store, run, "track")
    address = tracked.get("url")
    if address and is_link(str(address)):
        return str(address)
    return str(tracked.get("mlflow_run_id") or _facts(store, run, "register").get("mlflow_run_id") or "")


def _registered(store: LocalStore, run: str, pipeline: str) -> tuple[str, str]:
    """Name and alias of the model that the run's plan registers; empty if it registers none."""
    record = store.get_document("runs", run) or {}
    plan = store.get_document("plans", str(record.get("plan"))) or {}
    registry = plan.get("spec", {}).get("registry") or {}
    return (str(registry.get("name") or pipeline), str(registry.get("alias", ""))) if registry else ("", "")


def _champion(store: LocalStore, home: Path, run: str, pipeline: str, registered: tuple[str, str]) -> str:
    model, alias = registered
    if version := _version_seen(store, run):
        return f"version {version} of {model or pipeline}"
    if version := _remembered(home, model, alias):
        return f"version {version} of {model}"
    earlier = (document["run_id"] for document in islice(latest_runs(store, pipeline), _EARLIER))
    version = next((found for name in earlier if name != run and (found := _version_seen(store, name))), "")
    return f"version {version} of {model or pipeline}, when last seen" if version else ""


def _version_seen(store: LocalStore, run: str) -> str:
    """The version that carried the alias when this run last looked, or that it gave the alias to."""
    promoted = _facts(store, run, "promote")
    if promoted.get("promoted"):
        return str(promoted["version"])
    gate = _noted(store, run, "gate")
    champion = (gate.observed or {}).get("champion") if gate else None
    return str(champion["version"]) if isinstance(champion, Mapping) else ""


def _remembered(home: Path, model: str, alias: str) -> str:
    """What a registry in a local database was seen to hold last."""
    try:
        document = json.loads((home / "champions" / f"{quote(model, safe='')}.json").read_bytes())
        return str(document["champion"]["version"]) if document["alias"] == alias else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _brought(model: str, alias: str, promoted: Mapping[str, Any]) -> str:
    if not promoted:
        return ""
    if not promoted.get("promoted"):
        return f"{model} keeps its {alias}: {promoted.get('reason') or 'nothing new'}"
    before = f", instead of version {promoted['previous']}" if promoted.get("previous") else ""
    return f"version {promoted['version']} of {model} is the {alias}{before}"


def _facts(store: LocalStore, run: str, stage: str) -> Mapping[str, Any]:
    outcome = _noted(store, run, stage)
    return outcome.facts if outcome else {}


def _noted(store: LocalStore, run: str, stage: str) -> Outcome | None:
    record = record_of(store, run)
    return noted_outcome(store, record, stage) if record else None
