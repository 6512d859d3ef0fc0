"""Who hears of a failure or a refusal, from the task that it happened in."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from headrace import secrets
from headrace.errors import Diagnostic, SecretError
from headrace.notify import Channel, Notice, WebhookChannel, announce
from headrace_airflow.failures import StageBroken, StageFailed, StageInterrupted
from headrace_airflow.outcomes import StageOutcome
from headrace_airflow.secret_values import with_secrets

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notifier:
    """Sends one notice for one event of one task."""

    pipeline: str
    task_id: str
    consequence: str
    channels: tuple[Channel, ...]

    def failed(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback for a task that will not be tried again."""
        error = context.get("exception")
        if isinstance(error, StageInterrupted):
            return
        outcome = error.outcome if isinstance(error, StageFailed | StageBroken) else None
        message = str(error) if error else "the task's process was lost: its machine stopped, or it ran out of memory"
        first = outcome.diagnostics[0] if outcome and outcome.diagnostics else Diagnostic("", message)
        self._announce(
            Notice(
                event="failed",
                pipeline=self.pipeline,
                stage=(outcome and outcome.stage) or self.task_id,
                run_id=_run_id(context),
                message=_messages(outcome.diagnostics) if outcome and outcome.diagnostics else message,
                place=str(first.place or ""),
                remedy=first.remedy,
                consequence=(outcome and outcome.consequence) or self.consequence,
            )
        )

    def retrying(self, context: Mapping[str, Any]) -> None:
        """Airflow's callback for a task that will be tried again: the log says so, nobody is called."""
        del context
        _LOG.warning("%s failed, and will be tried again", self.task_id)

    def refused(self, context: Mapping[str, Any], outcome: StageOutcome) -> None:
        """A gate said no."""
        notice = Notice("refused", self.pipeline, outcome.stage, _run_id(context), outcome.refusal)
        self._announce(replace(notice, consequence=self.consequence))

    def _announce(self, notice: Notice) -> None:
        announce(notice, [found for channel in self.channels if (found := _resolved(channel))], _LOG)


def _messages(diagnostics: tuple[Diagnostic, ...]) -> str:
    """The first in full, the others by their place: a notice is a summons, the log has the rest."""
    first, *others = diagnostics
    return first.message + (f" (and {len(others)} more: see the task's log)" if others else "")


def _run_id(context: Mapping[str, Any]) -> str:
    run = context.get("dag_run") or context.get("ti")
    return str(getattr(run, "run_id", context.get("run_id", "")))


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
