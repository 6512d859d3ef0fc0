"""Where every value of a run came from, as an artifact beside its results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headrace.plan.model import Plan
from headrace.plan.values import as_documents, left_out, shown, values_of

FORMAT = 1


def provenance_document(plan: Plan, facts: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Each value with its place and what else was written there, and what the configuration as a whole came from.

    `facts` are the run's (`git`, `as_of`). Paths below `root`, the project, are relative to it; secrets are
    `${secret:NAME}`, as everywhere in a plan.
    """
    document = {
        "format": FORMAT,
        "pipeline": plan.pipeline,
        "plan": plan.digest,
        "environment": plan.environment,
        "overrides": list(plan.overrides),
        "as_of": facts.get("as_of"),
        "git": facts.get("git") or None,
        "notes": list(plan.notes),
        "values": as_documents(values_of(plan)),
        "left_out": [
            {"key": key, "history": [{"how": w.how, "written": shown(w.place), "text": w.text} for w in history]}
            for key, history in left_out(plan).items()
        ],
    }
    relative: dict[str, Any] = _relative(document, root.as_posix())
    return relative


def _relative(value: Any, root: str) -> Any:
    if isinstance(value, str):
        return value.replace(f"{root}/", "").replace(root, ".") if len(root) > 1 else value
    if isinstance(value, dict):
        return {name: _relative(item, root) for name, item in value.items()}
    return [_relative(item, root) for item in value] if isinstance(value, list) else value
