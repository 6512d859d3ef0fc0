"""Airflow's callbacks: what happened becomes a notice. Light, for every DAG has one when Airflow reads it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from headrace_airflow.site import Site

if TYPE_CHECKING:
    from headrace.notify import Event, Notice
    from headrace_airflow.outcomes import StageOutcome

_LOG = logging.getLogger(__name__)
_LOST = "the task ended without a word: its process was killed, or a person or Airflow ended it; see Airflow's log"
#: What Airflow says of a run that failed as a whole, and what that means.
_REASONS = {
    "timed_out": "the run took longer than it may",
    "all_tasks_deadlocked": "no task of the run can start any more: what they wait for did not end as they need",
}
#: For a specification that was written before notifiers chose their events.
_USUAL_EVENTS = ("failed", "refused", "deadline")


class Notifier(NamedTuple):
    """Tells of one pipeline's runs, once of each event. It is plain data, which travels as JSON."""

    site: Site
    pipeline: str
    notify: Sequence[Mapping[str, Any]]
    """Who hears of it, as configured; addresses may still be references to secrets."""
    consequences: Mapping[str, str] = {}
    """Task -> what its failure means for production."""
    python: str | None = None
    """The interpreter that the project's functions are called with, as configured; None: the one that runs this."""

    def wants(self, event: Event) -> bool:
        """Whether anybody is told of such events."""
        return any(event in entry.get("events", _USUAL_EVENTS) for entry in self.notify)

    def task_failed(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback, in the task's process, for a task that will not be tried again."""
        from headrace_airflow.failures import StageInterrupted

        error = context.get("exception")
        if not isinstance(error, StageInterrupted):
            self._tell("failed", context, error)

    def run_failed(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback, in its DAG processor, for a run that failed: some tasks cannot speak for themselves."""
        self._tell("failed", context, None, _REASONS.get(str(context.get("reason")), _LOST))

    def retrying(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback for a task that will be tried again: the log says so, and who asked for it is told."""
        _LOG.warning("%s failed, and will be tried again", task_id(context))
        if self.wants("retrying"):
            self._tell("retrying", context, context.get("exception"))

    def run_succeeded(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback, in its DAG processor, for a run that succeeded."""
        from headrace_airflow.notices.telling import tell_of_success

        tell_of_success(self, context)

    def refused(self, context: Mapping[str, Any], outcome: StageOutcome) -> None:
        """A gate said no."""
        self._send("refused", context, outcome, outcome.refusal)

    def deadline_missed(self, context: Mapping[str, Any], message: str = "") -> None:
        """A run is not done when it should be; it goes on."""
        self._send("deadline", context, None, message or "the run has not ended in time, and goes on")

    def _tell(self, event: Event, context: Mapping[str, Any], error: object, lost: str = _LOST) -> None:
        from headrace_airflow.failures import StageBroken, StageFailed

        outcome = error.outcome if isinstance(error, StageFailed | StageBroken) else None
        self._send(event, context, outcome, str(error or lost))

    def _send(self, event: Event, context: Mapping[str, Any], outcome: StageOutcome | None, message: str) -> None:
        from headrace_airflow.notices.telling import notice_of, tell

        if self.wants(event) or event == "refused":  # a refusal is remembered: such a run is green, and no success
            tell(self, context, notice_of(self, event, context, outcome, message))


def task_id(context: Mapping[str, Any]) -> str:
    """The task that a callback is for; empty if it is for the run as a whole."""
    return str(getattr(context.get("ti"), "task_id", ""))


def run_id(context: Mapping[str, Any]) -> str:
    """Airflow's id of the run."""
    run = context.get("dag_run") or context.get("ti")
    return str(getattr(run, "run_id", context.get("run_id", "")))


def told(context: Mapping[str, Any], notice: Notice) -> str:
    """What a notice is remembered by, within its run: each event once, and each try that failed."""
    if notice.event != "retrying":
        return notice.event
    ti = context.get("ti")
    task = "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in task_id(context))
    return f"retrying-{task}-{getattr(ti, 'map_index', -1)}-{getattr(ti, 'try_number', 0)}"
