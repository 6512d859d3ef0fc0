"""Who hears of a failure or a refusal, from the task that it happened in."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from headrace import secrets
from headrace.clock import parse_duration
from headrace.errors import Diagnostic, SecretError
from headrace.notify import Channel, LogChannel, Notice, WebhookChannel, announce
from headrace_airflow.failures import StageBroken, StageFailed, StageInterrupted
from headrace_airflow.outcomes import StageOutcome
from headrace_airflow.run_identity import run_name
from headrace_airflow.secret_values import with_secrets
from headrace_airflow.site import Site

_LOG = logging.getLogger(__name__)
_LOST = "the task ended without a word: its process was killed, or a person or Airflow ended it; see Airflow's log"


@dataclass(frozen=True, slots=True)
class Notifier:
    """Tells of one pipeline's runs: once of each that failed, and once of each that was refused."""

    site: Site
    pipeline: str
    notify: Sequence[Mapping[str, Any]]
    """Who hears of it, as configured."""
    consequences: Mapping[str, str]
    """Task -> what its failure means for production."""

    def task_failed(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback, in the task's process, for a task that will not be tried again."""
        error = context.get("exception")
        if isinstance(error, StageInterrupted):
            return
        outcome = error.outcome if isinstance(error, StageFailed | StageBroken) else None
        self._tell_of_failure(context, outcome, str(error or _LOST))

    def run_failed(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback, in its DAG processor, for a run that failed: some tasks cannot speak for themselves."""
        self._tell_of_failure(context, None, _LOST)

    def retrying(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback for a task that will be tried again: the log says so, nobody is called."""
        _LOG.warning("%s failed, and will be tried again", _task_id(context))

    def refused(self, context: Mapping[str, Any], outcome: StageOutcome) -> None:
        """A gate said no."""
        consequence = self.consequences.get(_task_id(context), "")
        notice = Notice("refused", self.pipeline, outcome.stage, _run_id(context), outcome.refusal)
        self._announce(context, replace(notice, consequence=consequence))

    def _tell_of_failure(self, context: Mapping[str, Any], outcome: StageOutcome | None, message: str) -> None:
        diagnostics = outcome.diagnostics if outcome else ()
        first = diagnostics[0] if diagnostics else Diagnostic("", message)
        notice = Notice(
            event="failed",
            pipeline=self.pipeline,
            stage=(outcome and outcome.stage) or _task_id(context),
            run_id=_run_id(context),
            message=first.message + (f" (and {len(diagnostics) - 1} more: see the log)" if diagnostics[1:] else ""),
            place=str(first.place or ""),
            remedy=first.remedy,
            consequence=(outcome and outcome.consequence) or self.consequences.get(_task_id(context), ""),
        )
        self._announce(context, notice)

    def _announce(self, context: Mapping[str, Any], notice: Notice) -> None:
        if self._is_first(context, notice):
            announce(notice, [found for entry in self.notify if (found := _resolved(_channel(entry)))], _LOG)

    def _is_first(self, context: Mapping[str, Any], notice: Notice) -> bool:
        """Whether nobody has told of this yet; remembers that somebody has."""
        run = context.get("dag_run")
        if run is None:
            return True
        from headrace.store import LocalStore

        store, name = LocalStore(self.site.project.home / "store"), f"{run_name(run)}-{notice.event}"
        with store.lock(f"notice-{name}"):
            if store.get_document("notices", name) is not None:
                return False
            store.put_document("notices", name, notice.as_json())
        return True


def _task_id(context: Mapping[str, Any]) -> str:
    return str(getattr(context.get("ti"), "task_id", ""))


def _run_id(context: Mapping[str, Any]) -> str:
    run = context.get("dag_run") or context.get("ti")
    return str(getattr(run, "run_id", context.get("run_id", "")))


def _channel(entry: Mapping[str, Any]) -> Channel:
    if entry["type"] == "webhook":
        return WebhookChannel(entry["url"], parse_duration(entry["timeout"]).total_seconds())
    return LogChannel()


def _resolved(channel: Channel) -> Channel | None:
    """The channel with its secrets; none, and a line in the log, if one of them is not there."""
    if not isinstance(channel, WebhookChannel):
        return channel
    try:
        environment = with_secrets(os.environ, secrets.names(channel.url))
        return replace(channel, url=secrets.resolve(channel.url, environment))
    except SecretError as error:
        _LOG.warning("no notice was sent to the webhook: %s", error.message)
        return None
