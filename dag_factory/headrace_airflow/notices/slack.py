"""Slack through an Airflow connection, by Airflow's own provider."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from headrace.notify import Notice
from headrace.notify.slack import slack_text


@dataclass(frozen=True, slots=True)
class SlackConnection:
    """An incoming webhook that Airflow has a connection to."""

    connection: str
    client: Any = field(repr=False)
    """The provider's client; it knows the address, which is a secret."""
    timeout: float

    @classmethod
    def of(cls, connection: str, timeout: float) -> SlackConnection:
        """Looks the connection up, here and not in the thread that sends: only the task's own may ask Airflow.

        LookupError if there is none or it holds no address, ImportError if the provider is not installed.
        """
        from airflow.sdk.exceptions import AirflowException

        try:
            from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook
        except ImportError:
            raise ImportError("Airflow's provider for Slack is not installed: pip install 'headrace[slack]'") from None
        try:
            hook = SlackWebhookHook(slack_webhook_conn_id=connection, timeout=max(1, round(timeout)))
            return cls(connection, hook.client, timeout)
        except AirflowException as error:
            raise LookupError(f"the connection `{connection}`: {error}") from None

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Post the notice; OSError, without the address, if that fails."""
        del log
        answer = self.client.send(text=slack_text(notice))
        if answer.status_code != 200:
            raise OSError(f"answered {answer.status_code}")

    def __str__(self) -> str:
        return f"Slack connection {self.connection}"
