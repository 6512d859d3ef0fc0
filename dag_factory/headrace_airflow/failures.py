"""The exceptions that tell Airflow how a stage failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from headrace_airflow.outcomes import StageOutcome
from headrace_airflow.versions import AirflowException, AirflowFailException

if TYPE_CHECKING:
    from headrace.failures import FailureKind


class StageFailed(AirflowException):
    """A stage failed in a way that may not happen again: Airflow retries, as `retry_on` says."""

    kind: ClassVar[FailureKind] = "unknown"

    def __init__(self, outcome: StageOutcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class StageDisconnected(StageFailed):
    """A server that the stage needs was not reached, or broke off."""

    kind = "connection"


class StageLocked(StageFailed):
    """A file or database that the stage needs was held by somebody else."""

    kind = "locked"


class StageKilled(StageFailed):
    """The stage was ended from outside, as happens when memory runs out."""

    kind = "killed"


class StageBroken(AirflowFailException):
    """Wrong data or configuration: trying again does not help."""

    def __init__(self, outcome: StageOutcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class StageInterrupted(AirflowFailException):
    """A person stopped the stage."""


_BY_KIND: Mapping[str, type[StageFailed]] = {
    kind.kind: kind for kind in (StageFailed, StageDisconnected, StageLocked, StageKilled)
}


def failure_of(outcome: StageOutcome) -> StageFailed | StageBroken:
    """The exception for a stage that ended badly."""
    return StageBroken(outcome) if outcome.verdict == "broken" else _BY_KIND[outcome.kind](outcome)
