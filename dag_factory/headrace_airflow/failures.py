"""The exceptions that tell Airflow how a stage failed."""

from __future__ import annotations

from headrace_airflow.outcomes import StageOutcome
from headrace_airflow.versions import AirflowException, AirflowFailException


class StageFailed(AirflowException):
    """A stage failed in a way that may not happen again: Airflow retries."""

    def __init__(self, outcome: StageOutcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class StageBroken(AirflowFailException):
    """Wrong data or configuration: trying again does not help."""

    def __init__(self, outcome: StageOutcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class StageInterrupted(AirflowFailException):
    """A person stopped the stage."""
