"""What the end of a stage's process means. Imports nothing of Airflow."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from headrace.errors import EXIT_DATA, EXIT_OK, EXIT_REFUSED, EXIT_USAGE, Diagnostic
from headrace_airflow.runtimes.process import Ended
from headrace_airflow.spec.model import CHAMPION_DECIDED

Verdict = Literal["done", "skipped", "refused", "broken", "failed"]


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """How a stage ended, in words."""

    verdict: Verdict
    """`broken`: trying again does not help. `failed`: it may."""
    stage: str
    message: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    refusal: str = ""
    consequence: str = ""
    """Where the stage knows better than the plan what its failure means for production."""
    mlflow_url: str = ""
    """Address of the run in MLflow, from the stage that tracks it; empty where no server shows it."""


def outcome_of(task_id: str, ended: Ended) -> StageOutcome:
    """What became of the stage (or of all stages, where they are fused) that a process ran."""
    document = ended.document
    stage = str(document.get("stage") or task_id)
    if ended.code == EXIT_OK:
        verdict: Verdict = "skipped" if document.get("status") == "skipped" else "done"
        return StageOutcome(verdict, stage, mlflow_url=_mlflow_url(document))
    if ended.code == EXIT_REFUSED:
        return StageOutcome("refused", stage, refusal=_refusal(document), mlflow_url=_mlflow_url(document))
    verdict = "broken" if ended.code in {EXIT_USAGE, EXIT_DATA} else "failed"
    return StageOutcome(
        verdict,
        stage,
        message=_cause(stage, ended),
        diagnostics=ended.diagnostics,
        consequence=CHAMPION_DECIDED if _has_promoted(document.get("stages", ())) else "",
    )


def _mlflow_url(document: Mapping[str, Any]) -> str:
    """`mlflow_url` where several stages ran in one process, else a fact of the tracking stage."""
    return str(document.get("mlflow_url") or document.get("facts", {}).get("url") or "")


def _refusal(document: Mapping[str, Any]) -> str:
    gates = document.get("gates") or document.get("facts", {}).get("gates", ())
    reasons = [str(gate.get("reason") or gate.get("rule")) for gate in gates if not gate.get("passed")]
    return "; ".join(reasons) or "a gate refused the model"


def _cause(stage: str, ended: Ended) -> str:
    if ended.diagnostics:
        return "\n".join(str(diagnostic) for diagnostic in ended.diagnostics)
    end = "\n".join(ended.last_lines)
    if ended.code < 0:
        name = signal.Signals(-ended.code).name
        hint = ", as happens when memory runs out" if name == "SIGKILL" else ""
        return f"{stage} was ended by {name}{hint}\n{end}".strip()
    return f"{stage} ended with exit code {ended.code} and no explanation\n{end}".strip()


def _has_promoted(stages: Iterable[Mapping[str, Any]]) -> bool:
    return any(stage.get("name") == "promote" and stage.get("status") in {"ran", "reused"} for stage in stages)
