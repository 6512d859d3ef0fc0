"""From the documents that stages write to what a page shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from headrace.report.facts import PageFacts

_PICTURES = "evaluate/pictures/"


class RunFacts(Protocol):
    """Which run a page tells of; a stage's `RunInfo` is one."""

    @property
    def run_id(self) -> str:
        """Its name."""

    @property
    def pipeline(self) -> str:
        """Its pipeline's name."""

    @property
    def plan_digest(self) -> str:
        """The plan it followed."""

    @property
    def started(self) -> datetime:
        """When it began."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Plan, configuration, stages, git state, clock."""


def read_documents(inputs: Mapping[str, Path]) -> tuple[dict[str, Any], dict[str, str]]:
    """JSON documents and SVG pictures among a stage's inputs, by their names (`STAGE/OUTPUT`); other files are left."""
    documents: dict[str, Any] = {}
    pictures: dict[str, str] = {}
    for name, path in inputs.items():
        if name.endswith(".json"):
            documents[name] = json.loads(path.read_bytes())
        elif name.startswith(_PICTURES) and name.endswith(".svg"):
            pictures[name] = path.read_text(encoding="utf-8")
    return documents, pictures


def from_documents(
    run: RunFacts,
    config: Mapping[str, Any],
    documents: Mapping[str, Any],
    *,
    pictures: Mapping[str, str] | None = None,
    mlflow: Mapping[str, Any] | None = None,
) -> PageFacts:
    """What a page shows of a run.

    `config` is the slice of the stage that reports (description, owner, tags); `documents` and `pictures` are by
    name, `STAGE/OUTPUT`, as `read_documents` gives them; `mlflow` is what `mlflow.json` says. All may lack anything.
    """
    facts = run.facts
    by_stage = {stage["name"]: stage.get("facts") or {} for stage in facts.get("stages", ())}
    lineage = (documents.get("transform/lineage.json") or {}).get("tables", {}).get("table")
    return PageFacts.model_validate(
        {
            **_of_run(run, config),
            "sources": by_stage.get("ingest", {}).get("sources", {}),
            "validation": _validation(documents),
            "table": by_stage.get("transform") or None,
            "lineage": lineage,
            "split": by_stage.get("split") or None,
            "fit_seconds": by_stage.get("train", {}).get("fit_seconds"),
            "model": documents.get("train/model.json"),
            "metrics": documents.get("evaluate/metrics.json"),
            "curves": documents.get("evaluate/curves.json") or {},
            "pictures": {PurePosixPath(name).stem: svg for name, svg in (pictures or {}).items()},
            "gates": documents.get("gate/gates.json"),
            "version": documents.get("register/version.json"),
            "promotion": documents.get("promote/promotion.json"),
            "mlflow": mlflow or {},
        }
    )


def _of_run(run: RunFacts, config: Mapping[str, Any]) -> dict[str, Any]:
    facts = run.facts
    return {
        "pipeline": run.pipeline,
        "run_id": run.run_id,
        "started": run.started,
        "plan_digest": run.plan_digest,
        "description": config.get("description") or "",
        "owner": config.get("owner") or "",
        "tags": config.get("tags") or (),
        "spec": (facts.get("plan") or {}).get("spec") or {},
        "git": facts.get("git") or {},
        **{
            name: facts[name]
            for name in ("as_of", "config_yaml", "overrides", "parent_run", "run_url", "stages")
            if name in facts
        },
    }


def _validation(documents: Mapping[str, Any]) -> dict[str, Any]:
    """Reports of all stages that validate, as one."""
    reports = (documents.get(f"{stage}/report.json") or {} for stage in ("validate", "validate_table"))
    return {name: table for report in reports for name, table in report.get("tables", {}).items()}
