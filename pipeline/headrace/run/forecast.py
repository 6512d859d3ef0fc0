"""What a run would do, asked by the engine's own questions and without doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headrace.errors import HeadraceError
from headrace.plan.model import Stage
from headrace.run.engine import Execution, Pass
from headrace.run.keys import Question
from headrace.run.outcome import Outcome
from headrace.stages.kind import StageKind
from headrace.store import Action

#: `depends`: it runs unless what it waits for turns out as before.
Fate = Literal["reused", "runs", "depends", "skipped", "fails"]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would become of one stage."""

    stage: Stage
    fate: Fate
    asked: Question | None = None
    """None where a stage before it decides what it is asked."""
    action: Action | None = None
    """The result that is reused."""
    waits_for: tuple[str, ...] = ()
    """Stages before it that would run."""
    error: HeadraceError | None = None
    """What keeps it from being asked: a source that is not there, a server that does not answer."""


def forecast(execution: Execution, wanted: frozenset[str] | None = None) -> tuple[Prospect, ...]:
    """What would become of these stages (all without any) and of those that they stand on, in the plan's order."""
    ahead = _Forecast(execution, None, wanted)
    ahead.report()
    return tuple(ahead.prospect(outcome) for outcome in ahead.outcomes.values())


class _Forecast(Pass):
    """A pass that makes nothing: a stage whose result is not there counts as one that ran, with a result unknown."""

    def __init__(self, execution: Execution, record: None, wanted: frozenset[str] | None) -> None:
        super().__init__(execution, record, wanted)
        self.asked: dict[str, Question] = {}

    def answer(self, stage: Stage, kind: StageKind) -> Outcome:
        """What is in the store, or that the stage would run."""
        if self._unknown_before(stage):
            return Outcome(stage.name, "ran")
        self.asked[stage.name] = asked = self.question(stage, kind)
        action = asked.answer(self.store)
        return Outcome(stage.name, "reused" if action else "ran", action=action, observed=asked.observed)

    def prospect(self, outcome: Outcome) -> Prospect:
        """An outcome of this pass in the words of a forecast."""
        stage = self.plan.stage(outcome.name)
        asked, waits = self.asked.get(stage.name), self._unknown_before(stage)
        if outcome.status == "failed":
            return Prospect(stage, "fails", error=outcome.error)
        if outcome.status == "skipped":
            return Prospect(stage, "skipped", waits_for=waits)
        if outcome.status == "reused":
            return Prospect(stage, "reused", asked, outcome.action)
        return Prospect(stage, "depends" if waits else "runs", asked, waits_for=waits)

    def _unknown_before(self, stage: Stage) -> tuple[str, ...]:
        """The stages before it whose results are not known yet."""
        return tuple(name for name in stage.upstream if self.outcomes[name].status == "ran")
