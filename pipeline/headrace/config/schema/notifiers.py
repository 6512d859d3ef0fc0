"""Who hears of a run."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from headrace.config.schema.strict import Duration, Names, Part

Event = Literal["failed", "refused", "retrying", "succeeded", "deadline"]
Events = Annotated[
    tuple[Event, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v), Field(min_length=1)
]
#: What somebody has to know of by default.
USUAL_EVENTS: Final[tuple[Event, ...]] = ("failed", "refused", "deadline")


class Listener(Part):
    """What all notifiers have in common."""

    type: str
    """The way of telling."""
    events: Events = USUAL_EVENTS
    """What is told of: `failed`, `refused` (by a gate), `retrying`, `succeeded`, `deadline` (missed).

    Example: `[failed, refused, succeeded]`
    """


class LogNotifier(Listener):
    """Writes to the log."""

    type: Literal["log"]
    """The log of the run."""


class WebhookNotifier(Listener):
    """Posts JSON to an address."""

    type: Literal["webhook"]
    """An address that takes JSON by POST."""
    url: str
    """Where to post.

    Example: `${secret:ALERTS_URL}`
    """
    timeout: Duration = "10s"
    """The longest that sending may take.

    Unit: duration
    Example: `10s`
    """


class EmailNotifier(Listener):
    """Sends an e-mail through a mail server (SMTP)."""

    type: Literal["email"]
    """An e-mail."""
    host: str
    """The mail server.

    Example: `smtp.example.com`
    """
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """The mail server's port: usually 587 with `starttls`, 465 with `tls`.

    Example: `587`
    """
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; `none` is for a server on the same machine.

    Example: `starttls`
    """
    sender: str
    """Who the mail is from.

    Example: `headrace@example.com`
    """
    to: Annotated[Names, Field(min_length=1)]
    """Who gets it.

    Example: `[ml-team@example.com]`
    """
    user: str | None = None
    """Whom to log in as; null: the server asks for nobody.

    Example: `${secret:SMTP_USER}`
    """
    password: str | None = None
    """The user's password.

    Example: `${secret:SMTP_PASSWORD}`
    """
    timeout: Duration = "10s"
    """The longest that sending may take.

    Unit: duration
    Example: `10s`
    """


class SlackNotifier(Listener):
    """Posts to a channel of Slack's, by an incoming webhook."""

    type: Literal["slack"]
    """A message in Slack."""
    url: str | None = None
    """Address of the incoming webhook.

    Example: `${secret:SLACK_URL}`
    """
    connection: str | None = None
    """Airflow's connection to it instead; needs Airflow's provider for Slack.

    Example: `slack_alerts`
    """
    timeout: Duration = "10s"
    """The longest that sending may take.

    Unit: duration
    Example: `10s`
    """

    @model_validator(mode="after")
    def _one_way(self) -> SlackNotifier:
        if (self.url is None) == (self.connection is None):
            raise ValueError("write either `url` or `connection`")
        return self


class FunctionNotifier(Listener):
    """Calls a function of a package of the project's with the notice, in a process of its own."""

    type: Literal["function"]
    """A function of a package in `model_packages`."""
    name: str
    """Import path of a function that takes a `headrace.notify.Notice`.

    Example: `my_alerts.page`
    """
    timeout: Duration = "30s"
    """The longest that it may take.

    Unit: duration
    Example: `30s`
    """


Notifier = Annotated[
    LogNotifier | WebhookNotifier | EmailNotifier | SlackNotifier | FunctionNotifier, Field(discriminator="type")
]
Notifiers = Annotated[tuple[Notifier, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]
