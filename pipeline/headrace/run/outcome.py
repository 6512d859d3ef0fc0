"""What became of a run and its stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from headrace.errors import EXIT_FAILED, EXIT_OK, EXIT_REFUSED, HeadraceError
from headrace.store import Action

Status = Literal["ran", "reused", "failed", "skipped"]
RunStatus = Literal["done", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one stage."""

    name: str
    status: Status
    seconds: float = 0.0
    action: Action | None = None
    observed: Mapping[str, Any] | None = None
    error: HeadraceError | None = None

    @property
    def refused(self) -> bool:
        """A gate that said no."""
        return self.action is not None and self.action.refused

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the stage said about its outputs."""
        return self.action.facts if self.action else {}


@dataclass(frozen=True, slots=True)
class RunReport:
    """What became of a run."""

    pipeline: str
    plan_digest: str
    run_id: str | None
    """None when nothing ran."""
    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def status(self) -> RunStatus:
        """`refused`: trained, but a gate said no."""
        if any(outcome.status == "failed" for outcome in self.outcomes):
            return "failed"
        return "refused" if any(outcome.refused for outcome in self.outcomes) else "done"

    @property
    def exit_code(self) -> int:
        """0 done, 3 refused by a gate, else the error's own code."""
        error = self.error
        if error is not None:
            return error.exit_code
        return {"done": EXIT_OK, "refused": EXIT_REFUSED, "failed": EXIT_FAILED}[self.status]

    @property
    def error(self) -> HeadraceError | None:
        """The error of the stage that failed."""
        return next((outcome.error for outcome in self.outcomes if outcome.error is not None), None)

    @property
    def did_work(self) -> bool:
        """Whether any stage ran."""
        return any(outcome.status == "ran" for outcome in self.outcomes)

    def facts(self, stage: str) -> Mapping[str, Any]:
        """Facts of a stage; empty if it did not get that far."""
        return next((outcome.facts for outcome in self.outcomes if outcome.name == stage), {})

    @property
    def model(self) -> dict[str, Any] | None:
        """The registered version of this run's model, and the alias if it carries it."""
        version = self.facts("register")
        if not version:
            return None
        promote = next((outcome for outcome in self.outcomes if outcome.name == "promote"), None)
        is_champion = promote is not None and _is_champion(promote)
        alias = promote.facts.get("alias") if promote and is_champion else None
        return {"name": version["name"], "version": version["version"], "alias": alias}

    def to_json(self) -> dict[str, Any]:
        """The document of `headrace run --json`."""
        scores = self.facts("evaluate")
        document: dict[str, Any] = {
            "pipeline": self.pipeline,
            "plan": self.plan_digest,
            "run_id": self.run_id,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "stages": [
                {"name": outcome.name, "status": outcome.status, "seconds": round(outcome.seconds, 3)}
                for outcome in self.outcomes
            ],
            "metrics": {part: scores[part] for part in ("test", "validation", "baseline") if part in scores},
            "gates": list(self.facts("gate").get("gates", ())),
            "model": self.model,
            "mlflow_run_id": self.facts("track").get("mlflow_run_id"),
            "mlflow_url": self.facts("track").get("url"),
            "page": self.facts("track").get("page"),
        }
        if self.error is not None:
            document["errors"] = [diagnostic.as_json() for diagnostic in self.error.diagnostics]
        return document


def _is_champion(promote: Outcome) -> bool:
    """Just promoted, or seen as the champion when the run looked."""
    if promote.status == "ran":
        return bool(promote.facts.get("promoted"))
    return (promote.observed or {}).get("champion") == "self"
