"""The status of a pipeline: each stage's fate, and the reasons for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headrace.errors import UsageError
from headrace.run.engine import Execution
from headrace.run.forecast import Fate, Prospect, forecast
from headrace.status.past import History
from headrace.status.reason import Reason


@dataclass(frozen=True, slots=True)
class StageStatus:
    """What would become of a stage, and why."""

    name: str
    fate: Fate
    reasons: tuple[Reason, ...] = ()
    made_by: str | None = None
    """The run whose result is reused."""
    compared_with: str | None = None
    """The run that the reasons compare with."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a run would do now."""

    pipeline: str
    plan: str
    last_run: Mapping[str, Any] | None
    """The document of the latest run."""
    stages: tuple[StageStatus, ...]
    overrides: tuple[str, ...] = ()
    last_overrides: tuple[str, ...] = ()
    """What the latest run was asked for with."""

    @property
    def something(self) -> bool:
        """Whether anything would run."""
        return any(stage.fate in {"runs", "depends", "fails"} for stage in self.stages)

    def to_json(self) -> dict[str, Any]:
        """The document of `headrace status --json`."""
        return {
            "pipeline": self.pipeline,
            "plan": self.plan,
            "overrides": list(self.overrides),
            "last_run": self.last_run and {**self.last_run, "overrides": list(self.last_overrides)},
            "something": self.something,
            "stages": [
                {
                    "name": stage.name,
                    "fate": stage.fate,
                    "made_by": stage.made_by,
                    "compared_with": stage.compared_with,
                    "reasons": [reason.to_json() for reason in stage.reasons],
                }
                for stage in self.stages
            ],
        }


class UnknownStageError(UsageError):
    """A stage that the pipeline does not have."""

    code = "HR202"


def status(execution: Execution, stage: str | None = None) -> Status:
    """What a run of this execution would do; of one stage and what it stands on, if one is named."""
    plan, names = execution.plan, [known.name for known in execution.plan.stages]
    if stage is not None and stage not in names:
        message = f"{plan.pipeline} has no stage `{stage}`"
        raise UnknownStageError(message, remedy=f"its stages are {', '.join(names)}")
    history = History(execution.store, plan.scope)
    found = forecast(execution, None if stage is None else frozenset({stage}))
    return Status(
        plan.pipeline,
        plan.digest,
        history.last,
        tuple(_status(execution, history, prospect) for prospect in found),
        plan.overrides,
        history.last_overrides,
    )


def _status(execution: Execution, history: History, prospect: Prospect) -> StageStatus:
    name = prospect.stage.name
    if prospect.fate == "reused":
        return StageStatus(name, "reused", made_by=prospect.action.run_id if prospect.action else None)
    if prospect.error is not None:
        error = prospect.error
        place = execution.plan.place_of(error.key) if error.key else error.place
        return StageStatus(name, "fails", (Reason("error", error.message, place=str(place) if place else None),))
    if prospect.fate == "skipped":
        return StageStatus(name, "skipped")
    from headrace.status.reasons import reasons  # only where something would run

    past = history.of(name)
    why = reasons(execution.store, execution.plan, prospect, past, execution.project.root)
    # Where nothing ever ran there is no result that could turn out as before.
    fate: Fate = "runs" if history.last is None else prospect.fate
    return StageStatus(name, fate, tuple(why), compared_with=str(past.run["run_id"]) if past else None)
