"""What the end of a stage's process means. Imports nothing of Airflow."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from headrace.errors import EXIT_DATA, EXIT_OK, EXIT_REFUSED, EXIT_USAGE, Diagnostic
from headrace.failures import FAILURE_KINDS, FailureKind
from headrace_airflow.runtimes.output import Ended
from headrace_airflow.spec.model import CHAMPION_DECIDED

Verdict = Literal["done", "skipped", "refused", "broken", "failed"]
#: How Python says that it cannot run `-m headrace`.
_NO_HEADRACE = re.compile(r"No module named '?headrace'?$")
#: Exit codes of what was ended by SIGKILL or SIGTERM, where another process reports it.
_KILLED = (128 + signal.SIGKILL, 128 + signal.SIGTERM)


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
    kind: FailureKind = "unknown"
    """Of a failure that may not happen again."""
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
    hopeless = ended.code in {EXIT_USAGE, EXIT_DATA} or _lacks_headrace(ended)
    verdict = "broken" if hopeless else "failed"
    return StageOutcome(
        verdict,
        stage,
        message=_cause(stage, ended),
        diagnostics=ended.diagnostics,
        consequence=CHAMPION_DECIDED if _has_promoted(document.get("stages", ())) else "",
        kind=_kind(ended),
    )


def _kind(ended: Ended) -> FailureKind:
    """As the stage says; where it could not say anything, by the signal that ended it, or a shell's code for that."""
    told = ended.document.get("failure")
    if told in FAILURE_KINDS:
        kind: FailureKind = told
        return kind
    return "killed" if ended.code < 0 or ended.code in _KILLED else "unknown"


def _lacks_headrace(ended: Ended) -> bool:
    """Whether the interpreter is one without headrace, which no other try will change."""
    return not ended.document and any(_NO_HEADRACE.search(line) for line in ended.last_lines)


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
    if _lacks_headrace(ended):
        remedy = "install headrace where the stages run, or choose another interpreter with `runtime.python`"
        return f"{stage} could not be started: its interpreter has no headrace\n{end}\n  remedy: {remedy}"
    if ended.code < 0:
        name = signal.Signals(-ended.code).name
        hint = ", as happens when memory runs out" if name == "SIGKILL" else ""
        return f"{stage} was ended by {name}{hint}\n{end}".strip()
    return f"{stage} ended with exit code {ended.code} and no explanation\n{end}".strip()


def _has_promoted(stages: Iterable[Mapping[str, Any]]) -> bool:
    return any(stage.get("name") == "promote" and stage.get("status") in {"ran", "reused"} for stage in stages)
